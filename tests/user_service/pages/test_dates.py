"""The dates that differ from the week, as a browser without a script sees and changes them."""

import html
import re
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import requests
from django.test import Client
from rest_framework.test import APIClient

from tests.support.pages import FormReader, loaded, read_form
from tests.support.servers import Service

OVERRIDES = "/users/ann@example.org/overrides"
PAGE = "/week/ann@example.org/dates"
TODAY = date.today()  # noqa: DTZ011  what matters is some days away from it
SUMMER = TODAY + timedelta(days=200)


@pytest.fixture(autouse=True)
def _ann(ann: dict[str, Any]) -> None:
    """Ann is stored."""


def day(number: int) -> str:
    """So many days into the summer."""
    return (SUMMER + timedelta(days=number)).isoformat()


def save(visitor: Client, **fields: str) -> Any:
    """The answer to the form of the page, sent with these fields."""
    shown = read_form(visitor.get(PAGE))
    token, version = shown["csrfmiddlewaretoken"][0], shown["version"][0]
    return visitor.post(PAGE, {"csrfmiddlewaretoken": token, "version": version, "holds": "away"} | fields)


def remove(visitor: Client, dates: str) -> Any:
    """The answer to the button that removes these dates."""
    assert f'name="remove" value="{dates}"' in visitor.get(PAGE).content.decode()
    return save(visitor, remove=dates)


def stored(client: APIClient) -> dict[str, str]:
    """By date, what the API says of it."""
    overrides = client.get(OVERRIDES).json()["overrides"]
    return {
        each["date"]: ", ".join(f"{interval['start']} to {interval['end']}" for interval in each["intervals"])
        for each in overrides
    }


def lines(page: Any) -> list[str]:
    """The dates that the page lists, in words."""
    listed = re.findall(r"<li>\s*<div>(.*?)</div>", page.content.decode(), re.DOTALL)
    return [" ".join(html.unescape(re.sub("<[^>]*>", " ", line)).split()) for line in listed]


def write(first: int, last: int | None = None) -> str:
    """A run of dates as the page writes it."""
    days = [SUMMER + timedelta(days=number) for number in ({first} if last is None else (first, last))]
    return " \N{EN DASH} ".join(f"{each:%a} {each.day} {each:%b} {each.year}" for each in days)


def test_a_holiday_is_two_dates_and_one_button(visitor: Client, client: APIClient) -> None:
    assert "Every date is as in your week." in visitor.get(PAGE).content.decode()

    answer = save(visitor, first=day(0), last=day(20))

    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, f"{PAGE}#saved")
    assert stored(client) == {day(number): "" for number in range(21)}
    page = visitor.get(PAGE)
    assert lines(page) == [f"{write(0, 20)} (21 days) Away all day"]
    assert "go by the clock of <b>Europe/Berlin</b>" in page.content.decode()


@pytest.mark.parametrize(
    ("times", "hours"),
    [
        ("09:00 to 12:00", "09:00 to 12:00"),
        ("9-12, 14.15\N{EN DASH}15:30 and 18 until 24:00", "09:00 to 12:00, 14:15 to 15:30, 18:00 to 24:00"),
        ("14:00 to 16:00; 9:00 to 12:00; 11:00 to 13:00", "09:00 to 13:00, 14:00 to 16:00"),
    ],
)
def test_one_date_has_times_in_any_usual_spelling(visitor: Client, client: APIClient, times: str, hours: str) -> None:
    assert save(visitor, first=day(0), holds="times", times=times).status_code == HTTPStatus.FOUND

    assert stored(client) == {day(0): hours}
    assert lines(visitor.get(PAGE)) == [f"{write(0)} Free {hours}"]


def test_dates_that_follow_each_other_are_one_line_as_far_as_the_same_holds(visitor: Client, client: APIClient) -> None:
    save(visitor, first=day(0), last=day(9))
    save(visitor, first=day(3), holds="times", times="9 to 12")
    save(visitor, first=day(5), last=day(6), holds="week")

    assert lines(visitor.get(PAGE)) == [
        f"{write(0, 2)} (3 days) Away all day",
        f"{write(3)} Free 09:00 to 12:00",
        f"{write(4)} Away all day",
        f"{write(7, 9)} (3 days) Away all day",
    ]
    assert remove(visitor, f"{day(0)}/{day(2)}").status_code == HTTPStatus.FOUND
    assert stored(client).keys() == {day(number) for number in (3, 4, 7, 8, 9)}


def test_dates_that_are_over_are_folded_away_and_removed_at_once(visitor: Client, client: APIClient) -> None:
    old = [(TODAY - timedelta(days=days)).isoformat() for days in (30, 20)]
    for date_over in old:
        client.put(f"{OVERRIDES}/{date_over}", {"intervals": []}, format="json")
    save(visitor, first=day(0))

    page = visitor.get(PAGE).content.decode()
    folded = page.partition("<summary>Dates that are over</summary>")[2]
    assert [page.count(f'"{each}/{each}"') for each in old] == [folded.count(f'"{each}/{each}"') for each in old]
    assert remove(visitor, f"{old[0]}/{old[1]}").status_code == HTTPStatus.FOUND

    assert list(stored(client)) == [day(0)]
    assert "Dates that are over" not in visitor.get(PAGE).content.decode()


def test_today_is_that_of_the_users_own_clock(visitor: Client, client: APIClient, time_machine: Any) -> None:
    time_machine.move_to("2030-07-01T23:30:00Z", tick=False)  # in Berlin it is the second already
    client.put(f"{OVERRIDES}/2030-07-01", {"intervals": [{"start": "09:00", "end": "10:00"}]}, format="json")
    client.put(f"{OVERRIDES}/2030-07-02", {"intervals": []}, format="json")

    shown, _, folded = visitor.get(PAGE).content.decode().partition("Dates that are over")

    assert "2030-07-02/2030-07-02" in shown
    assert "2030-07-01/2030-07-01" in folded
    assert "2030-07-01/2030-07-01" not in shown
    assert shown.count('min="2030-07-02"') == 2


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"first": ""}, "first", "This field is required."),
        ({"first": "12/24/2030"}, "first", "Write a date that exists, such as 2026-12-24"),
        ({"last": day(-1)}, "last", "The last date must not be before the first."),
        ({"last": day(366)}, "last", "At most 366 days in one step."),
        ({"holds": "times"}, "times", "Write at which times you are free"),
        ({"holds": "times", "times": "9am to 5pm"}, "times", "“9am to 5pm” is no stretch of time"),
        ({"holds": "times", "times": "9:10 to 12"}, "times", "Write a quarter of an hour between 00:00 and 24:00"),
        ({"holds": "times", "times": "12 to 9"}, "times", "The end must be later than the start"),
        ({"holds": "times", "times": "9-12," * 101}, "times", "at most 500 characters"),
        ({"times": "9 to 12"}, "holds", "Choose whether you are free at them."),
        ({"holds": "asleep"}, "holds", "Select a valid choice."),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_saved(
    visitor: Client, client: APIClient, fields: dict[str, str], field: str, message: str
) -> None:
    answer = save(visitor, **{"first": day(0)} | fields)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    page = answer.content.decode()
    assert message in html.unescape(re.findall(rf'id="id_{field}_error">(.*?)</ul>', page, re.DOTALL)[0])
    assert f'value="{fields.get("first", day(0))}"' in page or not fields.get("first", "x")
    assert "data-unsaved" in page
    assert "autofocus" in page
    assert stored(client) == {}


@pytest.mark.parametrize("dates", ["", "x", "2030-01-01", "2030-01-02/2030-01-01", "2030-01-01/" + "9" * 50])
def test_a_button_that_the_page_has_not_removes_nothing(visitor: Client, client: APIClient, dates: str) -> None:
    save(visitor, first="2030-01-01")

    assert save(visitor, remove=dates).status_code == HTTPStatus.BAD_REQUEST
    assert list(stored(client)) == ["2030-01-01"]


def test_more_dates_than_a_user_may_have_are_refused_as_a_whole(visitor: Client, client: APIClient) -> None:
    for first in (0, 366):
        save(visitor, first=day(first), last=day(first + 365))

    answer = save(visitor, first=day(732), last=day(732 + 268))

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "A user has at most 1000 dates" in answer.content.decode()
    assert len(stored(client)) == 732


def test_a_change_of_somebody_else_is_shown_before_mine_is_saved(visitor: Client, client: APIClient) -> None:
    shown = read_form(visitor.get(PAGE))
    mine = {
        "csrfmiddlewaretoken": shown["csrfmiddlewaretoken"][0],
        "version": shown["version"][0],
        "first": day(0),
        "holds": "away",
    }
    client.put(f"{OVERRIDES}/{day(0)}", {"intervals": [{"start": "09:00", "end": "10:00"}]}, format="json")

    stale = visitor.post(PAGE, mine)

    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED
    assert "Your dates have changed since you opened this page" in stale.content.decode()
    assert lines(stale) == [f"{write(0)} Free 09:00 to 10:00"]
    assert f'name="first" value="{day(0)}"' in stale.content.decode()
    assert visitor.post(PAGE, mine | {"version": read_form(stale)["version"][0]}).status_code == HTTPStatus.FOUND
    assert stored(client) == {day(0): ""}
    assert visitor.post(PAGE, mine).status_code == HTTPStatus.FOUND  # sent twice: it is so already


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Cookie": ""}])
def test_a_forged_form_is_refused(visitor: Client, client: APIClient, headers: dict[str, str]) -> None:
    form = {"csrfmiddlewaretoken": read_form(visitor.get(PAGE))["csrfmiddlewaretoken"][0], "first": day(0)}
    if "Cookie" in headers:
        visitor.cookies.clear()

    assert visitor.post(PAGE, form | {"holds": "away"}, headers=headers).status_code == HTTPStatus.FORBIDDEN
    assert stored(client) == {}


def test_the_page_is_protected_and_leads_to_the_others(visitor: Client) -> None:
    page = visitor.get(PAGE)

    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert all(address.startswith("/static/") for address in loaded(page.content.decode()))
    text = page.content.decode()
    assert f'<a href="{PAGE}" aria-current="page">Dates</a>' in text
    for other in ("/week/ann@example.org", "/week/ann@example.org/calendars"):
        assert f'<a href="{other}">' in text
        assert f'href="{PAGE}"' in visitor.get(other).content.decode()


def test_dates_of_nobody_are_told(visitor: Client) -> None:
    answer = visitor.get("/week/eve@example.org/dates")

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is no user with the email eve@example.org." in answer.content.decode()


def test_while_redis_is_gone_what_was_sent_is_kept_and_when_to_try_again_is_told(lonely: Service) -> None:
    session = requests.Session()
    token = FormReader(session.get(f"{lonely.url}/week", timeout=5).text).fields["csrfmiddlewaretoken"]
    mine = {"csrfmiddlewaretoken": token, "version": '"1"', "first": day(0), "holds": "away"}
    saved = session.post(lonely.url + PAGE, mine, headers={"Origin": lonely.url}, timeout=5)
    read = session.get(lonely.url + PAGE, timeout=5)

    for page in saved, read:
        assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "Redis cannot be reached. Try again in 1 second." in page.text
        assert page.headers["Retry-After"] == "1"
    assert FormReader(saved.text).fields.items() >= {"first": [day(0)], "version": ['"1"']}.items()
