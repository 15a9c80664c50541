"""Calendars on CalDAV servers, real ones and one that is hostile."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import orjson
import pytest

from tests.support.caldav_servers import PASSWORD, USERNAME, CalDAVServer, Radicale, Xandikos
from tests.support.neighbour import Behaviour, Neighbour, answers
from tests.support.servers import free_port
from user_service.calendars.faults import Failing, Refused
from user_service.calendars.fetching import caldav
from user_service.calendars.fetching.caldav import Changes, fetch_caldav
from user_service.calendars.fetching.http import NOT_PUBLIC

pytestmark = pytest.mark.long

START, END = (int(datetime(2027, month, 1, tzinfo=UTC).timestamp()) // 60 for month in (3, 5))
MORNING = ("DTSTART:20270302T090000Z", "DTEND:20270302T100000Z")
EVENING = ("DTSTART:20270302T180000Z", "DTEND:20270302T190000Z")
# Every Sunday, over the change of the clocks on 28 March.
SUNDAYS = (
    "DTSTART;TZID=Europe/Berlin:20270321T090000",
    "DTEND;TZID=Europe/Berlin:20270321T100000",
    "RRULE:FREQ=WEEKLY;COUNT=3",
)


@pytest.fixture(scope="module", params=[Radicale, Xandikos])
def running(request: pytest.FixtureRequest) -> Iterator[CalDAVServer]:
    with request.param() as started:
        yield started


@pytest.fixture
def server(running: CalDAVServer) -> Iterator[CalDAVServer]:
    """A server with an empty calendar `work`."""
    running.add_calendar("work")
    yield running
    running.delete_calendar("work")


@pytest.fixture(autouse=True)
def _private_networks(settings: Any) -> None:
    settings.CALENDAR_PRIVATE_NETWORKS = [ip_network("127.0.0.1/32")]


@pytest.fixture(params=[True, False], ids=["free and busy", "events"])
def free_busy_first(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(caldav, "FREE_BUSY_FIRST", request.param)
    return bool(request.param)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caldav, "FREE_BUSY_FIRST", False)


@pytest.fixture
def free_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Free and busy times are asked for first."""
    monkeypatch.setattr(caldav, "FREE_BUSY_FIRST", True)


def fetch(url: str, state: bytes = b"", password: str = PASSWORD, start: int = START, end: int = END) -> Changes:
    return fetch_caldav(url, USERNAME, password, state=state, start=start, end=end)


def text(changes: Changes) -> str:
    assert changes.calendars is not None
    return b"".join(changes.calendars).decode()


@pytest.mark.usefixtures("free_busy_first")
def test_what_changes_is_read_again_and_nothing_else(server: CalDAVServer) -> None:
    server.put("work", "1", *MORNING)
    first = fetch(server.url)
    same = fetch(server.url, first.state)
    server.put("work", "2", *EVENING)
    second = fetch(server.url, same.state)
    server.put("work", "1", *EVENING)
    third = fetch(server.url, second.state)
    server.delete("work", "1")
    server.delete("work", "2")
    last = fetch(server.url, third.state)

    assert "20270302T090000Z" in text(first)
    assert "20270302T180000Z" not in text(first)
    assert same == Changes(first.state, None)
    assert "20270302T090000Z" in text(second)
    assert "20270302T180000Z" in text(second)
    assert "20270302T090000Z" not in text(third)
    assert "20270302T180000Z" in text(third)
    assert "20270302T" not in text(last)
    assert fetch(server.url, last.state) == Changes(last.state, None)


def test_other_days_are_read_again(server: CalDAVServer) -> None:
    server.put("work", "1", *MORNING)
    state = fetch(server.url).state

    assert fetch(server.url, state, start=START + 60, end=END - 60) == Changes(state, None)
    moved = fetch(server.url, state, start=START + 3 * 1440, end=END + 3 * 1440)
    assert "20270302T090000Z" not in text(moved)
    assert fetch(server.url, moved.state, start=START + 3 * 1440, end=END + 3 * 1440).calendars is None


@pytest.mark.usefixtures("free_busy")
def test_free_and_busy_times_have_no_titles(server: CalDAVServer) -> None:
    server.put("work", "1", *MORNING)

    told = text(fetch(server.url))

    assert "BEGIN:VFREEBUSY" in told
    assert "Doctor" not in told
    assert "VEVENT" not in told


@pytest.mark.usefixtures("events")
def test_events_are_not_expanded_by_the_server(server: CalDAVServer) -> None:
    """Radicale expands them an hour late after the clocks have changed."""
    server.put("work", "1", *SUNDAYS)
    server.put("work", "2", "DTSTART;VALUE=DATE:20270501", "DTEND;VALUE=DATE:20270502")
    server.put("work", "3", "DTSTART:20270601T090000Z", "DTEND:20270601T100000Z")

    told = text(fetch(server.url))

    assert told.count("BEGIN:VEVENT") == 2
    assert "DTSTART;TZID=Europe/Berlin:20270321T090000" in told
    assert "RRULE:FREQ=WEEKLY;COUNT=3" in told
    # It begins where the days end in UTC, but not in all time zones.
    assert "DTSTART;VALUE=DATE:20270501" in told


@pytest.mark.usefixtures("free_busy_first")
def test_all_calendars_of_a_user_are_read(server: CalDAVServer) -> None:
    names = [f"more{number}" for number in range(8)]
    for number, name in enumerate(names):
        server.add_calendar(name)
        server.put(name, "1", f"DTSTART:2027030{number + 1}T090000Z", f"DTEND:2027030{number + 1}T100000Z")
    first = fetch(server.url)
    server.delete_calendar(names[0])
    second = fetch(server.url, first.state)
    for name in names[1:]:
        server.delete_calendar(name)

    assert all(f"2027030{number + 1}T090000Z" in text(first) for number in range(8))
    assert "20270301T090000Z" not in text(second)
    assert "20270302T090000Z" in text(second)


@pytest.mark.parametrize("path", ["", "/", "/ann/", "/ann", "/nowhere/at/all", "/.well-known/caldav", "/#here"])
def test_calendars_are_found_from_several_addresses(server: CalDAVServer, path: str) -> None:
    server.put("work", "1", *MORNING)

    assert "20270302T090000Z" in text(fetch(server.url + path))


def test_one_calendar_may_be_named(server: CalDAVServer) -> None:
    server.add_calendar("home")
    server.put("work", "1", *MORNING)
    server.put("home", "1", *EVENING)
    named = fetch(f"{server.url}{server.home}work/")
    same = fetch(f"{server.url}{server.home}work/", named.state)
    other = fetch(f"{server.url}{server.home}home/", named.state)
    server.delete_calendar("home")

    assert "20270302T090000Z" in text(named)
    assert "20270302T180000Z" not in text(named)
    assert same.calendars is None
    assert "20270302T180000Z" in text(other)


@pytest.mark.parametrize(
    "forge",
    [
        lambda state: b"",
        lambda state: b"nonsense",
        lambda state: b"[1]",
        lambda state: b'{"account": 1}',
        lambda state: state.replace(b'"seen":"', b'"seen":"0'),
        lambda state: orjson.dumps(orjson.loads(state) | {"seen": None}),
    ],
)
def test_a_forged_state_means_starting_over(server: CalDAVServer, forge: Any) -> None:
    server.put("work", "1", *MORNING)
    state = fetch(server.url).state

    again = fetch(server.url, forge(state))

    assert again.state == state
    assert "20270302T090000Z" in text(again)
    assert len(state) < 1000


@pytest.mark.parametrize("moved", [{"url": "gone"}, {"is_calendar": True}])
def test_calendars_that_have_moved_are_found_again(server: CalDAVServer, moved: dict[str, Any]) -> None:
    known = orjson.loads(fetch(server.url).state)
    old = {name: server.url + "/gone/" if name == "url" else value for name, value in moved.items()}

    assert orjson.loads(fetch(server.url, orjson.dumps(known | old)).state) == known


def test_a_wrong_password_is_refused() -> None:
    with Radicale() as radicale:
        radicale.add_calendar("work")
        for known in (fetch(radicale.url).state, b""):
            with pytest.raises(Refused) as fault:
                fetch(radicale.url, known, "wrong")
            assert str(fault.value) == "127.0.0.1 does not let us in: it wants a password, or another one."


def multistatus(*responses: str) -> Behaviour:
    namespaces = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    content = f"<multistatus {namespaces}>{''.join(responses)}</multistatus>".encode()
    return answers(content, "207 Multi-Status", "application/xml")


def response(href: str, properties: str) -> str:
    return (
        f"<response><href>{href}</href><propstat><prop>{properties}</prop>"
        "<status>HTTP/1.1 200 OK</status></propstat></response>"
    )


def principal(href: str = "/ann/") -> Behaviour:
    return multistatus(response("/", f"<current-user-principal><href>{href}</href></current-user-principal>"))


def home(href: str = "/dav/") -> Behaviour:
    return multistatus(response("/ann/", f"<C:calendar-home-set><href>{href}</href></C:calendar-home-set>"))


def collection(href: str, more: str = "", version: str = "1", reports: str = "<C:calendar-query/>") -> str:
    return response(
        href,
        f"<resourcetype><collection/><C:calendar/></resourcetype><sync-token>{version}</sync-token>{more}"
        f"<supported-report-set><supported-report><report>{reports}</report></supported-report></supported-report-set>",
    )


def stored(*events: str) -> Behaviour:
    return multistatus(*(response("/dav/1.ics", f"<C:calendar-data>{event}</C:calendar-data>") for event in events))


class Hostile(Neighbour):
    """Answers by method and path. What is not said is there, is not; where calendars are, is said at first."""

    def __init__(self) -> None:
        super().__init__()
        self.behave = self._behave
        self.says: dict[str, Behaviour] = {
            "PROPFIND /.well-known/caldav": answers(b"", "404 Not Found"),
            "PROPFIND /": principal(),
            "PROPFIND /ann/": home(),
            "PROPFIND /dav/": multistatus(response("/dav/", ""), collection("/dav/team/")),
            "REPORT /dav/team/": stored("BEGIN:VCALENDAR 1", "BEGIN:VCALENDAR 2"),
        }

    def _behave(self, connection: Any) -> None:
        said = self.says.get(self.asked[-1], answers(b"", "404 Not Found"))
        said(connection)

    @property
    def asked(self) -> list[str]:
        """Methods and paths of all requests."""
        return [received.line.removesuffix(" HTTP/1.1") for received in self.received]


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with Hostile() as started:
        yield started


@pytest.fixture
def other() -> Iterator[Hostile]:
    with Hostile() as started:
        yield started


def test_an_account_that_has_not_changed_costs_one_request(hostile: Hostile) -> None:
    first = fetch(hostile.url)
    hostile.received.clear()

    assert fetch(hostile.url, first.state).calendars is None
    assert hostile.asked == ["PROPFIND /dav/"]
    assert first.calendars == [b"BEGIN:VCALENDAR 1", b"BEGIN:VCALENDAR 2"]


def test_the_state_of_another_account_is_of_no_use(hostile: Hostile, other: Hostile) -> None:
    state = fetch(hostile.url).state
    hostile.received.clear()

    assert fetch(other.url, state).calendars
    assert not hostile.received


def test_calendars_without_versions_are_always_read(hostile: Hostile) -> None:
    hostile.says["PROPFIND /dav/"] = multistatus(collection("/dav/team/", version=""))

    assert fetch(hostile.url, fetch(hostile.url).state).calendars


def test_only_calendars_that_make_their_owner_busy_are_read(hostile: Hostile) -> None:
    only = "<C:supported-calendar-component-set>{}</C:supported-calendar-component-set>"
    tasks, both = (
        only.format("".join(f'<C:comp name="{name}"/>' for name in names))
        for names in (("VTODO",), ("VTODO", "VEVENT"))
    )
    hostile.says["PROPFIND /dav/"] = multistatus(
        response("/dav/contacts/", "<resourcetype><collection/></resourcetype>"),
        collection("/dav/tasks/", tasks),
        collection("/dav/holidays/", "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"),
        collection("http://127.0.0.1:1/elsewhere/"),
        collection("/dav/team/", both + "<C:schedule-calendar-transp><C:opaque/></C:schedule-calendar-transp>"),
    )

    assert len(fetch(hostile.url).calendars or []) == 2
    assert [asked for asked in hostile.asked if asked.startswith("REPORT")] == ["REPORT /dav/team/"]


def test_without_calendars_nothing_is_read(hostile: Hostile) -> None:
    hostile.says["PROPFIND /dav/"] = multistatus(response("/dav/", ""))

    with pytest.raises(Refused, match=r"^127\.0\.0\.1 shows no calendars of this user\.$"):
        fetch(hostile.url)


def test_a_server_without_caldav_is_refused(hostile: Hostile) -> None:
    for path in ("/", "/calendars"):
        hostile.says[f"PROPFIND {path}"] = answers(b"<html>", "405 Method Not Allowed", "text/html")

    with pytest.raises(Refused, match="shows no calendars of this user"):
        fetch(f"{hostile.url}/calendars")
    assert hostile.asked == ["PROPFIND /calendars", "PROPFIND /.well-known/caldav", "PROPFIND /"]


def test_too_many_calendars_are_refused(hostile: Hostile) -> None:
    hostile.says["PROPFIND /dav/"] = multistatus(*(collection(f"/dav/{number}/") for number in range(51)))

    with pytest.raises(Refused, match="It has more than 50 calendars"):
        fetch(hostile.url)


FREE_BUSY = b"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"


@pytest.mark.usefixtures("free_busy")
@pytest.mark.parametrize(
    ("told", "read"),
    [
        (answers(FREE_BUSY, "200 OK", "application/octet-stream"), [FREE_BUSY]),
        (answers(FREE_BUSY, "403 Forbidden"), [b"BEGIN:VCALENDAR 1"]),
        (answers(b"", "200 OK"), [b"BEGIN:VCALENDAR 1"]),
        (answers(b"", "500 Internal Server Error"), [b"BEGIN:VCALENDAR 1"]),
        (multistatus(), [b"BEGIN:VCALENDAR 1"]),
    ],
    ids=["told", "forbidden", "empty", "fault", "something else"],
)
def test_events_are_read_where_free_and_busy_times_are_not_told(
    hostile: Hostile, told: Behaviour, read: list[bytes]
) -> None:
    def report(connection: Any) -> None:
        (told if b"free-busy-query" in hostile.received[-1].body else stored("BEGIN:VCALENDAR 1"))(connection)

    reports = "<C:calendar-query/></report></supported-report><supported-report><report><C:free-busy-query/>"
    hostile.says["PROPFIND /dav/"] = multistatus(collection("/dav/team/", reports=reports))
    hostile.says["REPORT /dav/team/"] = report

    assert fetch(hostile.url).calendars == read


@pytest.mark.usefixtures("events")
def test_free_and_busy_times_are_read_where_nothing_else_is_shown(hostile: Hostile) -> None:
    hostile.says["PROPFIND /dav/"] = multistatus(collection("/dav/team/", reports="<C:free-busy-query/>"))
    hostile.says["REPORT /dav/team/"] = answers(FREE_BUSY, "200 OK", "text/calendar")

    assert fetch(hostile.url).calendars == [FREE_BUSY]


@pytest.mark.parametrize(
    "part",
    [
        multistatus(response("/dav/1.ics", "")),
        multistatus(response("/dav/1.ics", "<C:calendar-data/>")),
        multistatus("<response><href>/dav/team/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"),
    ],
    ids=["no data", "empty", "too many"],
)
def test_a_part_of_a_calendar_is_not_taken_for_the_whole(hostile: Hostile, part: Behaviour) -> None:
    hostile.says["REPORT /dav/team/"] = part

    with pytest.raises(Failing, match="shows a part of a calendar alone"):
        fetch(hostile.url)


LAUGHS = "<!DOCTYPE a [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{number + 1} '{f'&a{number};' * 10}'>" for number in range(9))
)
FILE = "<!DOCTYPE a [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>"


@pytest.mark.parametrize(
    "content",
    [
        f"{LAUGHS}<multistatus xmlns='DAV:'>&a9;</multistatus>".encode(),
        f"<?xml version='1.0' encoding='utf-16'?>{LAUGHS}<multistatus xmlns='DAV:'>&a9;</multistatus>".encode("utf-16"),
        f"{FILE}<multistatus xmlns='DAV:'>&f;</multistatus>".encode(),
        b"<!DOCTYPE multistatus SYSTEM 'http://127.0.0.1:1/'><multistatus xmlns='DAV:'/>",
        b"<multistatus xmlns='DAV:'>" + b"<a/>" * 300_000 + b"</multistatus>",
        b"<a>" * 300_000,
        b"<multistatus xmlns='DAV:'><response>",
        b"<?xml version='1.0' encoding='klingon'?><multistatus xmlns='DAV:'/>",
        b"<html/>",
        b"",
        b"\x00\xff" * 1000,
    ],
    ids=[
        "laughs",
        "laughs in UTF-16",
        "file",
        "document type",
        "elements",
        "depth",
        "no end",
        "encoding",
        "html",
        "nothing",
        "binary",
    ],
)
def test_nonsense_is_a_failure(hostile: Hostile, content: bytes) -> None:
    hostile.says["PROPFIND /dav/"] = answers(content, "207 Multi-Status", "application/xml")
    started = time.monotonic()

    with pytest.raises(Failing) as fault:
        fetch(hostile.url)
    assert str(fault.value) == "127.0.0.1 answered something that is not CalDAV."
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("href", ["file:///etc/passwd", "http://10.0.0.1/", "http://[::1/", "gopher://127.0.0.1:6379/"])
def test_nobody_is_led_out_of_the_web(hostile: Hostile, href: str) -> None:
    hostile.says["PROPFIND /ann/"] = home(href)

    with pytest.raises(Refused) as fault:
        fetch(hostile.url)
    assert "10.0.0.1" not in str(fault.value)
    assert "passwd" not in str(fault.value)


def test_a_fault_of_the_server_is_a_failure(hostile: Hostile) -> None:
    for asked in reversed(list(hostile.says)):
        hostile.says[asked] = answers(b"", "503 Service Unavailable")
        with pytest.raises(Failing, match=r"^127\.0\.0\.1 answered with status 503\.$"):
            fetch(hostile.url)


def test_all_answers_together_have_a_limit(hostile: Hostile) -> None:
    hostile.says["PROPFIND /dav/"] = multistatus(*(collection(f"/dav/{number}/") for number in range(3)))
    for number in range(3):
        hostile.says[f"REPORT /dav/{number}/"] = stored("x" * (4 << 20))

    with pytest.raises(Failing, match="It is larger than 10 MiB"):
        fetch(hostile.url)


def test_what_drips_ends_in_time(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caldav, "SECONDS", 0.5)
    hostile.says["PROPFIND /dav/"] = hostile.drip(b"HTTP/1.1 207 Multi-Status\r\nX: ")

    with pytest.raises(Failing, match=r"It took longer than 0\.5 s\."):
        fetch(hostile.url)


def passwords(neighbour: Neighbour) -> list[bool]:
    """Of each request, whether a password came with it."""
    return ["Authorization" in received.headers for received in neighbour.received]


def test_calendars_may_be_at_another_host_if_the_one_that_knows_the_password_says_so(
    hostile: Hostile, other: Hostile
) -> None:
    hostile.says["PROPFIND /ann/"] = home(f"{other.url}/dav/")

    state = fetch(hostile.url).state
    assert fetch(hostile.url, state).calendars is None
    assert all(passwords(hostile))
    assert passwords(other) == [True] * 3


def test_a_redirect_takes_no_password_to_another_host(hostile: Hostile, other: Hostile) -> None:
    hostile.says["PROPFIND /.well-known/caldav"] = answers(b"", "301 Moved", "text/plain", f"Location: {other.url}/")
    other.says["PROPFIND /ann/"] = home(f"{other.url}/dav/")

    fetch(hostile.url)
    assert passwords(other)
    assert not any(passwords(other))


def test_who_does_not_know_the_password_cannot_have_it_sent_on(hostile: Hostile, other: Hostile) -> None:
    hostile.says["PROPFIND /.well-known/caldav"] = answers(b"", "301 Moved", "text/plain", f"Location: {other.url}/")
    with Hostile() as third:
        other.says["PROPFIND /ann/"] = home(f"{third.url}/dav/")

        fetch(hostile.url)
        assert passwords(third)
        assert not any(passwords(third))


def test_private_addresses_are_refused(hostile: Hostile) -> None:
    for url in (hostile.url.replace("127.0.0.1", "127.0.0.2"), "https://10.0.0.1/", "http://[::1]:8080/"):
        with pytest.raises(Refused) as fault:
            fetch(url)
        assert str(fault.value) == NOT_PUBLIC


def test_a_password_is_not_sent_unencrypted_in_public() -> None:
    with pytest.raises(Refused, match="A password is sent over https alone"):
        fetch("http://1.1.1.1/")


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with pytest.raises(Failing, match=r"^127\.0\.0\.1 cannot be reached"):
        fetch(f"http://127.0.0.1:{free_port()}/")
