"""My week, as a browser without a script sees it."""

import re
from http import HTTPStatus
from typing import Any

import pytest
import requests
from django.test import Client
from rest_framework.test import APIClient

from common.observability.request_id import HEADER
from tests.support.pages import FormReader, loaded, read_form
from tests.support.servers import Service

ANN = "/week/ann@example.org"
ODD_EMAILS = ["a/b%c?d#e@example.org", "a/./b@example.org", "u@exämple.org", "o'neil+1@example.org"]


def create(visitor: Client, **changes: str) -> Any:
    """Fills in the form of the start page, and sends it."""
    fields = read_form(visitor.get("/week"))
    return visitor.post("/week", fields | {"email": "ann@example.org", "name": "Ann"} | changes)


def save(visitor: Client, path: str = ANN, **changes: Any) -> Any:
    """Opens a week, changes some fields, and sends it."""
    return visitor.post(path, read_form(visitor.get(path)) | changes)


def read_intervals(client: APIClient, email: str = "ann@example.org") -> list[dict[str, str]]:
    """The week as the API tells it."""
    intervals: list[dict[str, str]] = client.get(f"/users/{email}/availability").json()["intervals"]
    return intervals


def test_the_first_visit_is_a_form(visitor: Client) -> None:
    page = visitor.get("/week")

    assert page.status_code == HTTPStatus.OK
    assert read_form(page).keys() == {"csrfmiddlewaretoken", "email", "name", "timezone"}
    assert read_form(page)["timezone"] == ["UTC"]
    assert b"data-own-zone" in page.content


def test_who_creates_themselves_gets_to_their_week(visitor: Client, client: APIClient) -> None:
    answer = create(visitor, email=" Ann@Example.org ", timezone="Europe/Berlin")

    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, ANN)
    assert client.get("/users/ann@example.org").json()["timezone"] == "Europe/Berlin"
    page = visitor.get(ANN).content.decode()
    assert "by the clock of Europe/Berlin" in page
    assert page.count('type="checkbox"') == 168
    assert 'aria-label="Monday 09:00"' in page
    assert "checked" not in page


def test_an_hour_that_is_free_in_part_is_kept_unless_its_box_is_unticked(
    visitor: Client, client: APIClient, ann: dict[str, Any]
) -> None:
    half_past = {"day": "monday", "start": "08:30", "end": "10:15"}
    client.put(f"/users/{ann['email']}/availability", {"intervals": [half_past]}, format="json")
    page = visitor.get(ANN).content.decode()
    assert 'aria-label="Monday 08, the quarters from :30, :45" class="partly"' in page

    assert save(visitor, name="Anna").status_code == HTTPStatus.FOUND
    assert read_intervals(client) == [half_past]
    ticked = [place for place in read_form(visitor.get(ANN))["hours"] if place != "0.8.3"]
    save(visitor, hours=ticked)

    assert read_intervals(client) == [half_past | {"start": "09:00"}]


@pytest.mark.parametrize("place", ["0.8.16", "0.8.0", "0.24", "7.0", "0.8.3.1", "-1.2", "0.\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_box_that_the_page_has_not_is_a_fault(
    visitor: Client, client: APIClient, ann: dict[str, Any], place: str
) -> None:
    before = read_intervals(client)

    assert save(visitor, hours=[place]).status_code == HTTPStatus.BAD_REQUEST
    assert read_intervals(client) == before


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "ann", "Enter a valid email address."),
        ("email", "", "This field is required."),
        ("name", "x" * 201, "no more than 200 characters"),
        ("name", "a\x07b", "Control characters, also those"),
        ("timezone", "Europe/Berln", "Did you mean &#x27;Europe/Berlin&#x27;?"),
    ],
)
def test_a_fault_is_told_beside_its_field_which_has_the_focus(
    visitor: Client, client: APIClient, field: str, value: str, message: str
) -> None:
    answer = create(visitor, **{"email": "eve@example.org", "name": "Eve"} | {field: value})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    page = answer.content.decode()
    assert message in re.findall(rf'id="id_{field}_error">(.*?)</ul>', page)[0]
    control = re.findall(rf'<(?:input|select)[^>]*name="{field}"[^>]*>', page)[0]
    assert "autofocus" in control
    assert 'aria-invalid="true"' in control
    assert f"id_{field}_error" in control
    assert page.count("autofocus") == 1
    if field != "name":
        assert read_form(answer)["name"] == ["Eve"]
    assert "data-own-zone" not in page
    assert client.get("/users").json()["results"] == []


def test_a_taken_email_is_told_and_leads_to_its_week(visitor: Client, ann: dict[str, Any]) -> None:
    answer = create(visitor, name="Another")

    assert answer.status_code == HTTPStatus.CONFLICT
    page = answer.content.decode()
    assert "There is already a user with the email ann@example.org." in page
    assert re.findall(r'<input[^>]*id="known_email"[^>]*>', page)[0].count('value="ann@example.org"') == 1


def test_who_is_known_goes_to_their_week_by_email(visitor: Client) -> None:
    assert visitor.get("/week", {"email": "Ann@Example.org"})["Location"] == ANN

    answer = visitor.get("/week", {"email": "ann"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Enter a valid email address." in answer.content.decode()


def test_a_week_of_nobody_is_a_form_to_create_them(visitor: Client) -> None:
    page = visitor.get("/week/eve@example.org")

    assert page.status_code == HTTPStatus.NOT_FOUND
    assert "There is no user with the email eve@example.org." in page.content.decode()
    assert visitor.post("/week", read_form(page) | {"name": "Eve"})["Location"] == "/week/eve@example.org"


def test_saving_needs_no_script(visitor: Client, client: APIClient, ann: dict[str, Any]) -> None:
    form = read_form(visitor.get(ANN))
    assert form["hours"] == ["0.9", "0.10", "0.11"]

    answer = save(visitor, name="Anna", timezone="Asia/Kathmandu", hours=["0.9", "6.23"])

    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, f"{ANN}#saved")
    assert client.get("/users/ann@example.org").json().items() >= {"name": "Anna", "timezone": "Asia/Kathmandu"}.items()
    assert read_intervals(client) == [
        {"day": "monday", "start": "09:00", "end": "10:00"},
        {"day": "sunday", "start": "23:00", "end": "24:00"},
    ]
    assert save(visitor, hours=[]).status_code == HTTPStatus.FOUND
    assert read_intervals(client) == []


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("timezone", "Nowhere"), ("hours", ["0.9", "7.0"])])
def test_a_fault_in_a_week_keeps_what_was_painted(
    visitor: Client, client: APIClient, ann: dict[str, Any], field: str, value: Any
) -> None:
    answer = save(visitor, **{"hours": ["2.14"]} | {field: value})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    page = answer.content.decode()
    assert "data-unsaved" in page
    assert "errorlist" in page
    assert ("<details open>" in page) == (field != "hours")
    assert read_form(answer)["hours"] == (["0.9"] if field == "hours" else ["2.14"])
    assert len(read_intervals(client)) == 1


@pytest.fixture
def stale(visitor: Client, client: APIClient, ann: dict[str, Any]) -> Any:
    """The answer to a save of Wednesday at 14, after somebody else has saved Sunday at 10."""
    form = read_form(visitor.get(ANN))
    sunday = {"intervals": [{"day": "sunday", "start": "10:00", "end": "11:00"}]}
    client.put("/users/ann@example.org/availability", sunday, format="json")
    return visitor.post(ANN, form | {"hours": ["2.14"], "name": "Anna"})


def test_a_stale_save_changes_nothing_and_shows_both_weeks(stale: Any, client: APIClient) -> None:
    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED
    rows = re.findall(r"<th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td>", stale.content.decode())
    assert rows == [
        ("Name ≠", "Ann", "Anna"),
        ("Time zone", "Europe/Berlin", "Europe/Berlin"),
        ("Monday", "not free", "not free"),
        ("Tuesday", "not free", "not free"),
        ("Wednesday ≠", "not free", "14:00 to 15:00"),
        ("Thursday", "not free", "not free"),
        ("Friday", "not free", "not free"),
        ("Saturday", "not free", "not free"),
        ("Sunday ≠", "10:00 to 11:00", "not free"),
    ]
    assert read_intervals(client) == [{"day": "sunday", "start": "10:00", "end": "11:00"}]


def test_after_a_stale_save_mine_can_be_kept(stale: Any, visitor: Client, client: APIClient) -> None:
    assert visitor.post(ANN, read_form(stale))["Location"] == f"{ANN}#saved"

    assert client.get("/users/ann@example.org").json()["name"] == "Anna"
    assert read_intervals(client) == [{"day": "wednesday", "start": "14:00", "end": "15:00"}]


def test_after_a_stale_save_what_is_stored_can_be_taken(stale: Any, visitor: Client) -> None:
    assert b'<form action="#"><button class="quiet">Take what is stored</button></form>' in stale.content

    assert read_form(visitor.get(ANN))["hours"] == ["6.10"]


def test_who_keeps_theirs_is_asked_again_when_it_has_changed_again(
    stale: Any, visitor: Client, client: APIClient
) -> None:
    client.put("/users/ann@example.org/availability", {"intervals": []}, format="json")

    assert visitor.post(ANN, read_form(stale)).status_code == HTTPStatus.PRECONDITION_FAILED


def test_the_same_week_sent_twice_is_saved(visitor: Client, ann: dict[str, Any]) -> None:
    form = read_form(visitor.get(ANN)) | {"hours": ["2.14"]}

    assert [visitor.post(ANN, form).status_code for _ in range(2)] == [HTTPStatus.FOUND] * 2


def test_a_week_of_who_was_deleted_meanwhile_is_kept_on_the_page(
    visitor: Client, client: APIClient, ann: dict[str, Any]
) -> None:
    form = read_form(visitor.get(ANN))
    client.delete("/users/ann@example.org")

    answer = visitor.post(ANN, form | {"hours": ["2.14"]})

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is no user with the email ann@example.org." in answer.content.decode()
    assert read_form(answer)["hours"] == ["2.14"]


@pytest.mark.parametrize("email", ODD_EMAILS)
def test_a_week_of_any_email_is_found_and_saved(visitor: Client, client: APIClient, email: str) -> None:
    path = create(visitor, email=email)["Location"]
    assert path.isascii()

    saved = save(visitor, path, hours=["0.9"])["Location"]

    assert visitor.get("/week", {"email": email})["Location"] == path == saved.removesuffix("#saved")
    assert read_form(visitor.get(path))["hours"] == ["0.9"]
    assert len(client.get("/users").json()["results"]) == 1


def test_where_a_time_is_found_the_week_leads_on(visitor: Client, client: APIClient, settings: Any) -> None:
    path = create(visitor, email="o'neil+1/x@example.org")["Location"]
    assert "find a time" not in visitor.get(path).content.decode()

    settings.PUBLIC_URLS |= {"suggestion-service": "https://find.example"}
    page = visitor.get(path).content.decode()

    assert page.count('href="https://find.example/find?attendees=o%27neil%2B1%2Fx%40example.org"') == 3
    assert f'href="{path}"' in page


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "http://[::1"}, {"Origin": "null"}, {"Cookie": ""}],
    ids=["foreign", "malformed", "opaque", "no cookie"],
)
@pytest.mark.parametrize("path", ["/week", ANN])
def test_a_forged_form_is_refused(
    visitor: Client, client: APIClient, ann: dict[str, Any], path: str, headers: dict[str, str]
) -> None:
    form = read_form(visitor.get(path)) | {"hours": [], "email": "eve@example.org", "name": "Eve"}
    if "Cookie" in headers:
        visitor.cookies.clear()

    answer = visitor.post(path, form, headers=headers)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "did not come from a page of ours" in answer.content.decode()
    assert [user["name"] for user in client.get("/users").json()["results"]] == ["Ann"]


@pytest.mark.parametrize("path", ["/week", ANN, "/week/eve@example.org"])
def test_the_pages_are_protected_and_load_nothing_from_elsewhere(
    visitor: Client, ann: dict[str, Any], path: str
) -> None:
    page = visitor.get(path)

    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert HEADER in page
    assert all(address.startswith("/static/") for address in loaded(page.content.decode()))
    assert "style=" not in page.content.decode()


def test_what_people_write_is_text(visitor: Client) -> None:
    script = "<script>alert(1)</script>"
    path = create(visitor, name=script)["Location"]

    assert script not in visitor.get(path).content.decode()
    assert read_form(visitor.get(path))["name"] == [script]
    assert script not in visitor.get(f"/week/{script}").content.decode()


def test_while_redis_is_gone_nothing_that_was_sent_is_lost(lonely: Service) -> None:
    session = requests.Session()
    token = FormReader(session.get(f"{lonely.url}/week", timeout=5).text).fields["csrfmiddlewaretoken"]
    person = {"csrfmiddlewaretoken": token, "email": "ann@example.org", "name": "Ann", "timezone": "Asia/Kathmandu"}
    headers = {"Origin": lonely.url}

    created = session.post(f"{lonely.url}/week", person, headers=headers, timeout=5)
    week = person | {"hours": ["2.14"], "version": '"1"'}
    saved = session.post(lonely.url + ANN, week, headers=headers, timeout=5)
    read = session.get(lonely.url + ANN, timeout=5)

    for page in created, saved, read:
        assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert page.headers["Retry-After"] == "1"
        assert "Redis cannot be reached." in page.text
    assert FormReader(created.text).fields.items() >= {"name": ["Ann"], "timezone": ["Asia/Kathmandu"]}.items()
    assert FormReader(saved.text).fields.items() >= {"hours": ["2.14"], "version": ['"1"']}.items()
    assert "data-unsaved" in saved.text
