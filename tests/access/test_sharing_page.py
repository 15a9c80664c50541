"""Who may ask when somebody is free, said on My week (contract, sections 8 and 13)."""

import html
import re
from typing import Any

import pytest
import requests
from django.test import Client

from tests.access.conftest import ANN, BOB, Ask
from tests.support.servers import Service

OWN = "http://testserver"
WEEK = f"/week/{ANN}"


@pytest.fixture
def visitor(ann: str) -> Client:
    """A browser without scripts in which Ann has logged in."""
    visitor = Client(enforce_csrf_checks=True)
    send(visitor, "/login", token=ann)
    return visitor


def read(page: Any) -> dict[str, Any]:
    """What the form of a page would send, but for the hours."""
    text = page.content.decode()
    fields = re.findall(r'<input type="(?:hidden|text)" name="(\w+)"[^>]*? value="([^"]*)"', text)
    fields += re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]*? checked', text)
    fields += re.findall(r'<textarea name="(\w+)"[^>]*>\n([^<]*)</textarea>', text)
    return {name: html.unescape(value) for name, value in fields} | {"timezone": "UTC"}


def send(visitor: Client, path: str, **changes: Any) -> Any:
    """The answer to the form of a page, as a browser sends it."""
    return visitor.post(path, read(visitor.get(path)) | changes, headers={"Origin": OWN})


def sharing(visitor: Client) -> Any:
    """What the API says of Ann."""
    return visitor.get(f"/users/{ANN}/sharing").json()


def test_the_page_shows_who_may_ask_and_changes_it_together_with_the_week(visitor: Client) -> None:
    shown = read(visitor.get(WEEK))
    assert (shown["rule"], shown["people"]) == ("everyone", "")

    people = f'"Builder, Bob" <{BOB.upper()}>, cyd@example.org\nmailto:dan@example.org'
    saved = send(visitor, WEEK, rule="list", people=people, hours=["6.8"])

    assert (saved.status_code, saved["Location"]) == (302, f"{WEEK}#saved")
    listed = [BOB, "cyd@example.org", "dan@example.org"]
    assert sharing(visitor) == {"rule": "list", "people": listed}
    (interval,) = visitor.get(f"/users/{ANN}/availability").json()["intervals"]
    assert interval == {"day": "sunday", "start": "08:00", "end": "09:00"}
    page = visitor.get(WEEK)
    assert (read(page)["rule"], read(page)["people"].split()) == ("list", listed)
    assert "Who may ask when I am free: <b>Only these people</b>" in page.content.decode()


def test_to_whom_it_is_said_it_counts(visitor: Client, bob: str, ask: Ask) -> None:
    for rule, people, status in (("nobody", BOB, 404), ("list", "", 404), ("list", BOB, 200), ("everyone", "", 200)):
        assert send(visitor, WEEK, rule=rule, people=people).status_code == 302

        assert ask("GET", f"/users/{ANN}/availability", bob).status_code == status


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ("bob@example.org, carl", "“carl” is not an email address."),
        (" ".join(f"p{number}@example.org" for number in range(101)), "no more than 100"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_saved(people: str, message: str, visitor: Client) -> None:
    answer = send(visitor, WEEK, rule="list", people=people, name="Changed")

    assert answer.status_code == 400
    page = answer.content.decode()
    assert message in re.findall(r'id="id_people_error">(.*?)</ul>', page, re.DOTALL)[0]
    assert re.search(r"<details open>\s*<summary>Who may ask", page)
    assert re.search(r'<textarea name="people"[^>]*autofocus', page)
    assert (read(answer)["rule"], read(answer)["people"]) == ("list", people)
    assert sharing(visitor) == {"rule": "everyone", "people": []}
    assert visitor.get(f"/users/{ANN}").json()["name"] == "Ann"


def test_who_leaves_it_as_it_is_still_goes_with_the_setting(visitor: Client, settings: Any) -> None:
    assert send(visitor, WEEK, name="Anna").status_code == 302
    settings.SHARING = "nobody"
    assert sharing(visitor)["rule"] == "nobody"

    settings.SHARING = "everyone"
    assert send(visitor, WEEK, rule="nobody").status_code == 302
    assert send(visitor, WEEK, rule="everyone").status_code == 302
    settings.SHARING = "nobody"
    assert sharing(visitor)["rule"] == "everyone"


def test_who_may_ask_is_compared_when_somebody_else_has_changed_it(ann: str, visitor: Client, ask: Ask) -> None:
    form = read(visitor.get(WEEK))
    ask("PUT", f"/users/{ANN}/sharing", ann, {"rule": "list", "people": [BOB]})

    stale = visitor.post(WEEK, form | {"rule": "nobody"}, headers={"Origin": OWN})

    assert stale.status_code == 412
    rows = re.findall(r"<th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td>", stale.content.decode())
    assert rows[-1] == ("Who may ask ≠", f"Only these people: {BOB}", "Nobody")
    assert visitor.post(WEEK, read(stale), headers={"Origin": OWN}).status_code == 302
    assert sharing(visitor)["rule"] == "nobody"


def test_a_form_of_an_older_page_leaves_it_as_it_is(visitor: Client) -> None:
    send(visitor, WEEK, rule="list", people=BOB)
    form = read(visitor.get(WEEK))
    for name in ("rule", "people", "is_default"):
        del form[name]

    assert visitor.post(WEEK, form, headers={"Origin": OWN}).status_code == 302
    assert sharing(visitor) == {"rule": "list", "people": [BOB]}


def test_where_access_is_open_there_is_nothing_to_say(ann: str) -> None:
    with Service("user-service", ACCESS="open") as service:
        page = requests.get(f"{service.url}{WEEK}", timeout=10).text

    assert 'name="hours"' in page
    assert "Who may ask" not in page
    assert 'name="rule"' not in page
    assert ann
