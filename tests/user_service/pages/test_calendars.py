"""The calendars of a user, as a browser without a script sees, adds and removes them."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from cryptography.fernet import Fernet
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from rest_framework.test import APIClient

from common.api.parsers import MAX_BODY_BYTES
from tests.support.commands import call
from tests.support.neighbour import Neighbour, answers
from tests.support.pages import BROWSER, FormReader, read_form
from tests.support.servers import HOST, Service

CALENDARS = "/users/ann@example.org/calendars"
PAGE = "/week/ann@example.org/calendars"
SECRET = "private-4711"
TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y%m%d}"
_EVENT = (
    "BEGIN:VEVENT\r\nUID:{0}\r\nSUMMARY:Secret plans\r\nDTSTART:{1}T{0}0000Z\r\nDTEND:{1}T{0}3000Z\r\n{2}END:VEVENT\r\n"
)
BUSY, TENTATIVE = _EVENT.format("09", TOMORROW, ""), _EVENT.format("12", TOMORROW, "STATUS:TENTATIVE\r\n")
UNREADABLE = "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:soon\r\nEND:VEVENT\r\n"


@pytest.fixture(autouse=True)
def _ann(ann: dict[str, Any]) -> None:
    """Ann is stored."""


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    """A key for what is secret, and leave to fetch from this machine."""
    networks = [ip_network("127.0.0.0/8")]
    with override_settings(CALENDAR_KEYS=[Fernet.generate_key().decode()], CALENDAR_PRIVATE_NETWORKS=networks):
        yield


def file(*events: str, name: str = "my.ics") -> SimpleUploadedFile:
    """A calendar file with these events."""
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{''.join(events)}END:VCALENDAR\r\n"
    return SimpleUploadedFile(name, content.encode(), "text/calendar")


def send(visitor: Client, **fields: Any) -> Any:
    """The answer to a form of the page, sent with these fields."""
    token = read_form(visitor.get(PAGE))["csrfmiddlewaretoken"][0]
    return visitor.post(PAGE, {"csrfmiddlewaretoken": token} | fields)


def add_feed(visitor: Client, feed: Neighbour, **fields: Any) -> Any:
    """The answer to the form that adds a feed."""
    return send(visitor, add="feed", name="Work", url=f"{feed.url}/{SECRET}.ics", **fields)


def read_due() -> None:
    """Reads what is due, as the reader does."""
    assert call("read_calendars", "--once").code == 0


def told(client: APIClient, name: str = "Work") -> dict[str, Any]:
    """What the API says of a calendar."""
    found: dict[str, Any] = client.get(f"{CALENDARS}/{name}").json()
    return found


def lines(page: Any) -> list[str]:
    """What the page says of each calendar, without its buttons."""
    listed = re.findall(r"<li>\s*<div>(.*?)</div>", page.content.decode(), re.DOTALL)
    return [" ".join(html.unescape(re.sub("<[^>]*>", " ", line)).split()) for line in listed]


def fault(page: Any, field: str) -> str:
    """What the page says against a field."""
    return html.unescape(re.findall(rf'id="{field}_error">(.*?)</ul>', page.content.decode(), re.DOTALL)[0])


def clock(moment: str) -> str:
    """A time of the API by the clock of Ann, as the page writes it."""
    shown = datetime.fromisoformat(moment).astimezone(ZoneInfo("Europe/Berlin"))
    return f"{shown:%a} {shown.day} {shown:%b, %H:%M}"


def test_a_feed_is_added_read_and_told_without_its_secret(visitor: Client, client: APIClient) -> None:
    assert "You have no calendar here yet." in visitor.get(PAGE).content.decode()
    with Neighbour() as feed:
        feed.behave = answers(file(BUSY, TENTATIVE, UNREADABLE).read(), "200 OK", "text/calendar")
        added = add_feed(visitor, feed, is_free="on")

        assert (added.status_code, added["Location"]) == (HTTPStatus.FOUND, f"{PAGE}#saved")
        assert lines(visitor.get(PAGE)) == [
            f"Work A feed of {HOST} Waiting to be read, which takes a few seconds. Tentative counts as free."
        ]
        read_due()

    known = told(client)
    page = visitor.get(PAGE)
    read, due = clock(known["as_of"]), clock(known["next_read"])
    counts = "1 busy stretch. 1 event could not be read. Tentative counts as free."
    assert lines(page) == [f"Work A feed of {HOST} Up to date. Last read {read}. Next {due}. {counts}"]
    assert SECRET not in page.content.decode()
    assert "by the clock of <b>Europe/Berlin</b>" in page.content.decode()
    assert known["tentative"] == "free"


def test_why_a_calendar_cannot_be_read_and_since_when_is_told_and_a_new_try_can_be_asked_for(
    visitor: Client, client: APIClient
) -> None:
    with Neighbour() as feed:
        feed.behave = answers(file(BUSY).read(), "200 OK", "text/calendar")
        add_feed(visitor, feed)
        read_due()
        since = clock(told(client)["as_of"])
        for status, state in (
            ("500 Oops", f"Cannot be read since {since}. {HOST} answered with status 500."),
            ("404 Gone", f"Refused, and not tried again unless you ask for it. {HOST} has nothing at this address."),
            ("200 OK", "Up to date."),
        ):
            feed.behave = answers(file(BUSY).read(), status, "text/calendar")
            assert send(visitor, read="Work").status_code == HTTPStatus.FOUND
            read_due()

            (line,) = lines(visitor.get(PAGE))
            assert line.startswith(f"Work A feed of {HOST} {state}")
            assert "1 busy stretch." in line


def test_an_account_keeps_its_password_to_itself(visitor: Client, client: APIClient) -> None:
    account = {"add": "caldav", "name": "Home", "url": "https://dav.example.org", "username": "ann"}

    assert send(visitor, **account, password=f" {SECRET} ").status_code == HTTPStatus.FOUND

    assert told(client, "Home").items() >= {"kind": "caldav", "host": "dav.example.org", "tentative": "busy"}.items()
    page = visitor.get(PAGE).content.decode()
    assert "An account at dav.example.org" in page
    refused = send(visitor, **account | {"url": "ftp://dav.example.org"}, password=SECRET)
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert "https" in fault(refused, "caldav_url")
    assert 'name="username" value="ann"' in refused.content.decode()
    assert SECRET not in page + refused.content.decode()
    assert refused["Cache-Control"] == "no-store"


def test_a_file_is_uploaded_without_any_key(visitor: Client, client: APIClient) -> None:
    with override_settings(CALENDAR_KEYS=[]):
        page = visitor.get(PAGE).content.decode()
        assert re.findall(r'name="add" value="(\w+)"', page) == ["upload"]
        assert "has to set CALENDAR_KEYS" in page
        assert send(visitor, add="upload", name="Old", file=file(BUSY)).status_code == HTTPStatus.FOUND
        feed = send(visitor, add="feed", name="Work", url="https://example.org")
        assert feed.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "the operator has to set CALENDAR_KEYS" in feed.content.decode()
    read_due()

    as_of = clock(told(client, "Old")["as_of"])
    assert lines(visitor.get(PAGE)) == [
        f"Old An uploaded file Read as it was uploaded. Last read {as_of}. 1 busy stretch."
    ]


def test_a_file_that_cannot_be_read_is_told_and_not_offered_to_be_read_again(visitor: Client) -> None:
    send(visitor, add="upload", name="Old", file=SimpleUploadedFile("my.ics", b"BEGIN:VCALENDAR\r\nDTSTART\r\n"))
    read_due()

    page = visitor.get(PAGE)
    (line,) = lines(page)
    assert line.startswith("Old An uploaded file Cannot be read: remove it, or upload another. ")
    assert 'name="read"' not in page.content.decode()


def test_what_a_program_sends_is_shown_and_can_be_removed(visitor: Client, client: APIClient) -> None:
    body = {"kind": "busy", "intervals": [{"start": "2030-01-01T09:00:00Z", "end": "2030-01-01T10:00:00Z"}]}
    client.put(f"{CALENDARS}/Robot", body, format="json")
    page = visitor.get(PAGE)
    sent_at = clock(told(client, "Robot")["as_of"])
    assert lines(page) == [f"Robot Sent by a program Up to date. Sent {sent_at}. 1 busy stretch."]
    text = page.content.decode()
    assert 'name="read"' not in text
    # It asks first: the button is folded away.
    assert text.index('<details class="ask">') < text.index('name="remove" value="Robot"')

    assert send(visitor, remove="Robot").status_code == HTTPStatus.FOUND

    assert client.get(CALENDARS).json() == {"calendars": []}
    for action in ("read", "remove"):
        gone = send(visitor, **{action: "Robot"})
        assert gone.status_code == HTTPStatus.NOT_FOUND
        assert "There is no calendar Robot." in gone.content.decode()


def test_a_name_that_is_taken_is_replaced_only_by_who_says_so(visitor: Client, client: APIClient) -> None:
    feed = {"add": "feed", "name": "Work", "url": "https://old.example.org"}
    assert "may_replace" not in visitor.get(PAGE).content.decode()
    send(visitor, **feed)

    taken = send(visitor, **feed | {"url": "https://new.example.org"})

    assert taken.status_code == HTTPStatus.CONFLICT
    assert "There is already a calendar Work." in fault(taken, "feed_name")
    assert told(client)["host"] == "old.example.org"
    assert 'name="may_replace"' in taken.content.decode()
    assert send(visitor, **feed | {"url": "https://new.example.org"}, may_replace="on").status_code == HTTPStatus.FOUND
    assert told(client)["host"] == "new.example.org"


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "Arbeit für Ann"}, "name", "A name is up to 64 letters of A to Z"),
        ({"name": "x" * 65}, "name", "A name is up to 64 letters of A to Z"),
        ({"url": "calendar.ics"}, "url", "https"),
        ({"url": f"https://example.org/{'x' * 2000}"}, "url", "no more than 2000 characters"),
        ({"add": "upload", "file": file().name}, "file", "This field is required."),
        ({"add": "upload", "file": SimpleUploadedFile("my.ics", b"<html>")}, "file", "This is not a calendar"),
        ({"add": "upload", "file": SimpleUploadedFile("my.ics", b"")}, "file", "The submitted file is empty."),
        ({"add": "upload", "file": file("x" * MAX_BODY_BYTES)}, "file", "A calendar may hold at most"),
        ({"add": "caldav"}, "username", "This field is required."),
    ],
    ids=[
        "no name",
        "umlaut",
        "long name",
        "no address",
        "long address",
        "no file",
        "page",
        "empty",
        "large",
        "no user",
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_saved(
    visitor: Client, client: APIClient, fields: dict[str, Any], field: str, message: str
) -> None:
    sent = {"add": "feed", "name": "Work", "url": "https://example.org/a.ics"} | fields
    answer = send(visitor, **sent)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    page = answer.content.decode()
    assert message in fault(answer, f"{sent['add']}_{field}")
    assert page.count('<details name="add" open>') == page.count("autofocus") == page.count("data-unsaved") == 1
    assert client.get(CALENDARS).json() == {"calendars": []}


@pytest.mark.parametrize("fields", [{}, {"add": "busy", "name": "x"}, {"add": ""}, {"read": ""}])
def test_a_form_that_the_page_has_not_is_a_fault(visitor: Client, fields: dict[str, str]) -> None:
    assert send(visitor, **fields).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("action", ["read", "remove"])
def test_a_name_that_no_calendar_can_have_stands_for_none(visitor: Client, client: APIClient, action: str) -> None:
    longest = "x" * 64
    send(visitor, add="feed", name=longest, url="https://example.org/a.ics")

    assert send(visitor, **{action: f"{longest}y"}).status_code == HTTPStatus.BAD_REQUEST

    assert [calendar["name"] for calendar in client.get(CALENDARS).json()["calendars"]] == [longest]


def test_one_calendar_too_many_is_told(visitor: Client, client: APIClient) -> None:
    for number in range(20):
        client.put(f"{CALENDARS}/{number}", {"kind": "busy", "intervals": []}, format="json")

    answer = send(visitor, add="upload", name="Old", file=file(BUSY))

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "A user has at most 20 calendars." in answer.content.decode()
    assert len(lines(answer)) == 20


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Cookie": ""}])
def test_a_forged_form_is_refused(visitor: Client, client: APIClient, headers: dict[str, str]) -> None:
    form = {"csrfmiddlewaretoken": read_form(visitor.get(PAGE))["csrfmiddlewaretoken"][0]}
    if "Cookie" in headers:
        visitor.cookies.clear()

    answer = visitor.post(PAGE, form | {"add": "feed", "name": "x", "url": "https://example.org"}, headers=headers)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert client.get(CALENDARS).json() == {"calendars": []}


def test_a_file_that_is_too_large_for_the_server_is_told_on_a_page(server: Service) -> None:
    form = {"add": "upload", "name": "Old"}
    files = {"file": ("my.ics", b"x" * (MAX_BODY_BYTES + 1))}

    with requests.Session() as session:
        session.headers.update({"Accept": BROWSER, "Origin": server.url})
        session.get(server.url + PAGE, timeout=10)
        answer = session.post(server.url + PAGE, form, files=files, timeout=10)

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "A body may hold at most 2097152 bytes." in answer.text


def test_while_redis_is_gone_what_was_sent_is_kept(lonely: Service) -> None:
    session = requests.Session()
    token = FormReader(session.get(f"{lonely.url}/week", timeout=5).text).fields["csrfmiddlewaretoken"]
    mine = {"csrfmiddlewaretoken": token, "add": "upload", "name": "Old"}
    files = {"file": ("my.ics", file(BUSY).read())}
    saved = session.post(lonely.url + PAGE, mine, files=files, headers={"Origin": lonely.url}, timeout=5)

    assert saved.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert saved.headers["Retry-After"] == "1"
    assert "Redis cannot be reached. Try again in 1 second. Nothing was saved." in saved.text
    assert FormReader(saved.text).fields["name"] == ["Old"]
