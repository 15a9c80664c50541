"""GET and PUT /users/{email}/availability as text/calendar."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.test import APIClient

from common.domain import timezones, week
from common.domain.utc_offsets import offsets
from tests.support import calendar_reader
from tests.support.domain import ALWAYS, DAY, REPEATABLE, minute, weeks
from tests.support.problems import CONTENT_TYPE
from user_service.ics.reader import CalendarWeek, read
from user_service.ics.writer import availability
from user_service.models import User
from user_service.store import users

PATH = "/users/ann@example.org/availability"
ICS = "text/calendar"
NINE = ["DTSTART:20240101T090000", "DURATION:PT1H"]
MORNING = [{"day": "monday", "start": "09:00", "end": "12:00"}]

# From RFC 7953, section 3.1, but that the second one begins on a Friday and says for how long.
RFC_7953 = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
BEGIN:VAVAILABILITY
ORGANIZER:mailto:bernard@example.com
UID:84D0F948-7FC6-4C1D-BBF3-BA9827B424B5
DTSTAMP:20111005T133225Z
DTSTART;TZID=America/Montreal:20111002T000000
BEGIN:AVAILABLE
UID:7B33093A-7F98-4EED-B381-A5652530F04D
SUMMARY:Monday to Thursday from 9:00 to 17:00\\, at the main
  office
DTSTART;TZID="America/Montreal":20111002T090000
DTEND;TZID=America/Montreal:20111002T170000
RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH
LOCATION:Main Office
END:AVAILABLE
BEGIN:AVAILABLE
UID:DF39DC9E-D8C3-492F-9101-0434E8FC1896
DTSTART;TZID=America/Montreal:20111007T090000
DURATION:PT3H
RRULE:FREQ=WEEKLY
END:AVAILABLE
END:VAVAILABILITY
END:VCALENDAR
"""


@pytest.fixture
def put(client: APIClient, ann: dict[str, Any]) -> Callable[..., Any]:
    """Replaces Ann's week by a calendar."""

    def put(calendar: Any, path: str = PATH, **headers: str) -> Any:
        return client.generic("PUT", path, calendar, content_type=ICS, headers=headers)

    return put


def available(*lines: str) -> str:
    """A calendar with one AVAILABLE, which has these lines beside those that it must have."""
    given = {line.partition(":")[0].partition(";")[0] for line in lines}
    given |= {"DTEND"} if "DURATION" in given else set()
    usual = {
        "DTSTART": "DTSTART;TZID=Europe/Berlin:20240101T090000",
        "DTEND": "DTEND;TZID=Europe/Berlin:20240101T120000",
        "RRULE": "RRULE:FREQ=WEEKLY",
    }
    return vavailability(
        "BEGIN:AVAILABLE", *lines, *(line for name, line in usual.items() if name not in given), "END:AVAILABLE"
    )


def vavailability(*lines: str) -> str:
    return text("BEGIN:VCALENDAR", "BEGIN:VAVAILABILITY", *lines, "END:VAVAILABILITY", "END:VCALENDAR")


def text(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)


def user(free: int, timezone: str, **more: Any) -> User:
    then = datetime(2026, 11, 23, tzinfo=UTC)
    return User(
        email="ann@example.org", name="Ann", timezone=timezone, week=free, created_at=then, updated_at=then, **more
    )


@pytest.mark.usefixtures("ann")
def test_a_week_is_a_calendar_that_others_can_read(client: APIClient) -> None:
    answer = client.get(PATH, {"format": "ics"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="ann@example.org.ics"'
    assert "Accept" in answer["Vary"]
    calendar = calendar_reader.read(answer.text)
    assert calendar.prodid.value == "-//W2Meet//EN"
    assert calendar.vavailability.organizer.value == "mailto:ann@example.org"
    (free,) = calendar.vavailability.available_list
    assert "DTSTART;TZID=Europe/Berlin:20240101T090000\r\n" in answer.text
    assert "DTEND;TZID=Europe/Berlin:20240101T120000\r\n" in answer.text
    assert free.dtstart.value.isoformat() == "2024-01-01T09:00:00+01:00"
    assert free.rrule.value == "FREQ=WEEKLY;BYDAY=MO"


@settings(REPEATABLE, max_examples=30)
@given(weeks(), st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "UTC"]))
def test_the_quarters_that_it_repeats_are_those_of_the_week(free: int, timezone: str) -> None:
    calendar = calendar_reader.read(availability(user(free, timezone)).to_ical().decode())
    monday = datetime.fromisoformat("2026-11-23")
    quarter = timedelta(minutes=15)
    expected = [monday + slot * quarter for slot, bit in enumerate(week.digits(free)) if bit == "1"]

    told = (
        time
        for component in getattr(calendar.vavailability, "available_list", [])
        for time in calendar_reader.repeats(component, monday, monday + timedelta(days=7) - quarter)
    )

    assert sorted(told) == expected


@settings(REPEATABLE, max_examples=60)
@example(week.NEVER, "UTC")
@example(week.NEVER, "Etc/UTC")
@example(ALWAYS, "Pacific/Apia")
@given(weeks(), st.sampled_from(sorted(timezones.names())))
def test_a_round_trip_loses_neither_week_nor_zone(free: int, timezone: str) -> None:
    assert read(availability(user(free, timezone)).to_ical()) == CalendarWeek(free, timezone, {})


def test_a_week_can_be_carried_from_one_user_to_another(client: APIClient, put: Callable[..., Any]) -> None:
    other = "/users/" + quote("o'neil+a/b%@bücher.example", safe="")
    client.post("/users", {"email": "o'neil+a/b%@bücher.example", "name": 'Ö "x"; y:z,\\n ^'}, format="json")

    mine = client.get(PATH, headers={"Accept": ICS})
    answer = put(mine.content, f"{other}/availability")

    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/json"
    assert answer.json() | {"email": "ann@example.org"} == client.get(PATH).json()
    theirs = client.get(f"{other}/availability", {"format": "ics"})
    assert theirs["Content-Disposition"].startswith("attachment; filename*=utf-8''o%27neil%2Ba-b%25%40b%C3%BCcher")
    assert calendar_reader.read(theirs.text).vavailability.organizer.params["CN"] == ["Ö ^'x^'; y:z,\\n ^^"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_calendar_of_another_program_is_read(put: Callable[..., Any], line_end: str) -> None:
    answer = put(RFC_7953.replace("\n", line_end)).json()

    assert answer["timezone"] == "America/Montreal"
    assert answer["intervals"] == [
        *({"day": day, "start": "09:00", "end": "17:00"} for day in week.DAYS[:4]),
        {"day": "friday", "start": "09:00", "end": "12:00"},
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTEND;TZID=Europe/Berlin:20240102T020000"], ["monday 09:00-24:00", "tuesday 00:00-02:00"]),
        (["RRULE:FREQ=WEEKLY;INTERVAL=1;WKST=SU;BYDAY=SU,MO"], ["monday 09:00-12:00", "sunday 09:00-12:00"]),
        (["RRULE:freq=daily"], [f"{day} 09:00-12:00" for day in week.DAYS]),
        (["RRULE:FREQ=DAILY;BYDAY=TU"], ["tuesday 09:00-12:00"]),
        (["DTEND;TZID=Europe/Berlin:20240108T090000"], [f"{day} 00:00-24:00" for day in week.DAYS]),
        (["RRULE:FREQ=WEEKLY;INTERVAL=01;BYDAY=MO;"], ["monday 09:00-12:00"]),
        (
            ["DTSTART;VALUE=DATE:20240102", "DTEND;VALUE=DATE:20240104"],
            ["tuesday 00:00-24:00", "wednesday 00:00-24:00"],
        ),
        (["DTSTART;VALUE=DATE:20240102", "DURATION:P1D"], ["tuesday 00:00-24:00"]),
        (["DTSTART:20240101T090000", "DTEND:20240101T100000"], ["monday 09:00-10:00"]),
        (["SUMMARY;LANGUAGE=de nonsense", "nonsense", ":", "X-\ufffd;=:", "UID"], ["monday 09:00-12:00"]),
        (["SUMMARY;LANGUAGE=de;LANGUAGE=en:Morning", "COMMENT:a", "COMMENT:b"], ["monday 09:00-12:00"]),
    ],
)
def test_what_repeats_each_week_is_kept(put: Callable[..., Any], lines: list[str], expected: list[str]) -> None:
    answer = put(available(*lines)).json()

    assert [f"{one['day']} {one['start']}-{one['end']}" for one in answer["intervals"]] == expected


def test_a_calendar_without_a_time_zone_leaves_that_of_the_user(put: Callable[..., Any]) -> None:
    answer = put(vavailability()).json()

    assert (answer["timezone"], answer["intervals"]) == ("Europe/Berlin", [])


@pytest.mark.parametrize(
    ("lines", "field", "message"),
    [
        (["DTSTART:20240101T0900"], "DTSTART", "Write a date, a time and a time zone"),
        (["DTSTART:20240101Z"], "DTSTART", "Write a date, a time and a time zone"),
        (["DTSTART"], "DTSTART", "Write this as NAME:value or NAME;PARAMETER=value:value."),
        (["DTSTART;TZID:20240101T090000"], "DTSTART", "Write this as NAME:value or NAME;PARAMETER=value:value."),
        (
            ["DTSTART;TZID=Europe/Berlin:20240230T090000"],
            "DTSTART",
            "20240230T090000 is not a day or a time that exists",
        ),
        (
            ["DTSTART;TZID=Europe/Berlin:20240101T240000"],
            "DTSTART",
            "20240101T240000 is not a day or a time that exists",
        ),
        (["DTSTART;TZID=Europe/Berlin:20240101T090000Z"], "DTSTART", "A time has a TZID or ends with Z, not both."),
        (["DTSTART;TZID=Europe/Rome;tzid=Europe/Berlin:20240101T090000"], "DTSTART", "A parameter is named twice."),
        (["DTSTART;TZID=Europe/Berlln:20240101T090000"], "DTSTART", "'Europe/Berlln' is not an IANA time zone. Did"),
        (["DTSTART;TZID=Europe/Berlin:20240101T091000"], "DTSTART", "A week is of quarters of an hour."),
        (["DTSTART:20240101T080000Z", "DTSTART:20240101T090000Z"], "DTSTART", "There is more than one DTSTART."),
        (["DTSTART:20240101T080000Z"], "DTEND", "The end is a time in the time zone of the start"),
        (["DTSTART;VALUE=DATE:20240101"], "DTEND", "The end is a time in the time zone of the start"),
        (["DTEND;TZID=Europe/Berlin:20240101T124000"], "DTEND", "A week is of quarters of an hour."),
        (
            ["DTEND;TZID=Europe/Berlin:20240101T120000", "DURATION:PT3H"],
            "DTEND",
            "Give a DTEND or a DURATION, not both.",
        ),
        (["DTEND;TZID=Europe/Berlin:20240101T090000"], "DTEND", "The end must be later than the start"),
        (
            ["DTEND;TZID=Europe/Berlin:20240108T100000"],
            "DTEND",
            "The end must be later than the start, by a week at most",
        ),
        (["RRULE:FREQ=WEEKLY;FREQ=DAILY"], "RRULE", "A part of the rule is named twice."),
        (["RRULE:FREQ=WEEKLY;BYDAY=MO;byday=TU"], "RRULE", "A part of the rule is named twice."),
        (["RRULE:FREQ=WEEKLY;BYDAY="], "RRULE", "A week is told by what repeats each week"),
        (["RRULE:FREQ=WEEKLY;INTERVAL=0"], "RRULE", "A week is told by what repeats each week"),
        (["RRULE:FREQ=MONTHLY"], "RRULE", "A week is told by what repeats each week"),
        (["RRULE:FREQ=WEEKLY;INTERVAL=2"], "RRULE", "A week is told by what repeats each week"),
        (["RRULE:FREQ=WEEKLY;COUNT=5"], "RRULE", "A week is told by what repeats each week"),
        (["RRULE:FREQ=WEEKLY;UNTIL=20250101T000000Z"], "RRULE", "A week is told by what repeats each week"),
        (["RRULE:FREQ=WEEKLY;BYDAY=1MO"], "RRULE", "A week is told by what repeats each week"),
        (["EXDATE;TZID=Europe/Berlin:20240108T090000"], "EXDATE", "A week repeats without exceptions."),
        (["RDATE;TZID=Europe/Berlin:20240109T090000"], "RDATE", "A week repeats without exceptions."),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(
    put: Callable[..., Any], lines: list[str], field: str, message: str
) -> None:
    before = users.get("ann@example.org")

    answer = put(available(*lines), Accept=ICS)

    assert (answer.status_code, answer["Content-Type"]) == (400, CONTENT_TYPE)
    (fault,) = answer.json()["errors"]
    assert fault["field"] == f"AVAILABLE[0].{field}"
    assert fault["message"].startswith(message)
    assert len(fault["message"]) < 200
    assert fault["code"] == "invalid_calendar"
    assert users.get("ann@example.org") == before


@pytest.mark.parametrize(
    ("calendar", "fields"),
    [
        (text("BEGIN:VCALENDAR", "END:VCALENDAR"), ["VCALENDAR"]),
        (vavailability() * 2, ["VCALENDAR"]),
        (text("BEGIN:VEVENT", "END:VEVENT"), ["VCALENDAR"]),
        (vavailability("PRIORITY:first"), ["VAVAILABILITY.PRIORITY"]),
        (vavailability("BEGIN:AVAILABLE", *NINE, "END:AVAILABLE"), ["AVAILABLE[0].RRULE"]),
        (vavailability("END:VAVAILABILITY", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VAVAILABILITY"), ["VCALENDAR"]),
        (vavailability("BEGIN:VEVENT", "END:VEVENT"), ["VAVAILABILITY"]),
        (vavailability("BEGIN:AVAILABLE\r\nEND:AVAILABLE\r\n" * 1001), ["VAVAILABILITY"]),
        (vavailability("DTEND:20250101T000000Z"), ["VAVAILABILITY.DTEND"]),
        (vavailability("BEGIN:AVAILABLE\r\nEND:AVAILABLE\r\n" * 2), ["AVAILABLE[0].DTSTART", "AVAILABLE[1].DTSTART"]),
    ],
)
def test_a_calendar_that_is_no_week_is_refused(put: Callable[..., Any], calendar: str, fields: list[str]) -> None:
    answer = put(calendar)

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == fields


@pytest.mark.parametrize(
    ("name", "timezone"),
    [
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("India Standard Time", "Asia/Calcutta"),
        ("/freeassociation.sourceforge.net/Europe/Rome", "Europe/Rome"),
        ("/mozilla.org/20050126_1/America/Argentina/Salta", "America/Argentina/Salta"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("Romance", "Europe/Paris"),
        ("UTC+01:00", "Etc/GMT-1"),
        ("(UTC+09:00) Osaka, Sapporo, Tokyo", "Asia/Tokyo"),
    ],
)
def test_a_zone_is_understood_as_other_programs_name_it(put: Callable[..., Any], name: str, timezone: str) -> None:
    answer = put(available(f"DTSTART;TZID={name}:20240101T090000", "DURATION:PT3H"))
    quoted = put(available(f'DTSTART;TZID="{name}":20240101T090000', "DURATION:PT3H"))

    assert quoted.json()["timezone"] == timezone
    if not {":", ","} & {*name}:  # which a parameter may hold in quotes only
        assert answer.json() == quoted.json()


def test_a_zone_is_the_one_where_its_definition_says_that_it_is(put: Callable[..., Any]) -> None:
    definition = text("BEGIN:VTIMEZONE", "TZID:Custom", "X-LIC-LOCATION:Asia/Tokyo", "END:VTIMEZONE")
    week_there = available("DTSTART;TZID=Custom:20240101T090000", "DURATION:PT3H")

    located = put(week_there.replace("BEGIN:VAVAIL", f"{definition}BEGIN:VAVAIL"))

    assert located.json()["timezone"] == "Asia/Tokyo"
    assert "'Custom' is not an IANA time zone" in put(week_there).json()["detail"]


def test_a_day_without_an_end_is_a_whole_one(put: Callable[..., Any]) -> None:
    answer = put(
        vavailability("BEGIN:AVAILABLE", "DTSTART;VALUE=DATE:20240106", "RRULE:FREQ=WEEKLY", "END:AVAILABLE")
    ).json()

    assert answer["intervals"] == [{"day": "saturday", "start": "00:00", "end": "24:00"}]
    assert answer["timezone"] == "Europe/Berlin"


def test_a_line_may_be_folded_within_a_character(put: Callable[..., Any]) -> None:
    calendar = available("SUMMARY:Gr\u00fcn\U0001f980").encode()
    for folded in (b"\xc3\r\n \xbc", b"\xc3\n\t\xbc"):
        assert put(calendar.replace(b"\xc3\xbc", folded)).status_code == 200
    assert put(calendar.replace(b"FREQ=WEEKLY", b"FREQ=WEE\r\n KLY")).json()["intervals"] == MORNING


def priority(number: int | None, hour: int) -> str:
    """A VAVAILABILITY of this priority, free on Mondays at that hour."""
    hours = [f"DTSTART;TZID=Europe/Rome:20240101T{hour:02}0000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"]
    ranks = [] if number is None else [f"PRIORITY:{number}"]
    return text("BEGIN:VAVAILABILITY", *ranks, "BEGIN:AVAILABLE", *hours, "END:AVAILABLE", "END:VAVAILABILITY")


@pytest.mark.parametrize(
    ("parts", "starts"),
    [
        ([(None, 9), (None, 14)], ["09:00", "14:00"]),
        ([(None, 9), (0, 14), (9, 16)], ["16:00"]),
        ([(5, 9), (1, 14), (1, 16), (None, 18)], ["14:00", "16:00"]),
    ],
)
def test_of_several_availabilities_those_of_the_highest_priority_hold(
    put: Callable[..., Any], parts: list[tuple[int | None, int]], starts: list[str]
) -> None:
    answer = put(f"BEGIN:VCALENDAR\n{''.join(priority(*part) for part in parts)}END:VCALENDAR").json()

    assert [interval["start"] for interval in answer["intervals"]] == starts


@pytest.mark.parametrize(
    ("display", "lines", "timezone"),
    [
        ("Asia/Tokyo", NINE, "Asia/Tokyo"),
        ("Asia/Tokyo", ["DTSTART;TZID=Europe/Rome:20240101T090000", "DURATION:PT1H"], "Europe/Rome"),
        ("Tokyo Standard Time", ["DTSTART;TZID=Europe/Rome:20240101T090000", "DURATION:PT1H"], "Europe/Rome"),
        ("UTC", ["DTSTART:20240101T090000Z", "DURATION:PT1H"], "UTC"),
        (None, NINE, "Europe/Berlin"),
    ],
)
def test_times_without_a_zone_go_by_the_clock_of_the_calendar_or_of_the_user(
    put: Callable[..., Any], display: str | None, lines: list[str], timezone: str
) -> None:
    calendar = available(*lines)
    if display:
        calendar = calendar.replace("BEGIN:VAVAIL", f"X-WR-TIMEZONE:{display}\r\nBEGIN:VAVAIL")

    answer = put(calendar).json()

    assert answer["timezone"] == timezone
    assert answer["intervals"] == [{"day": "monday", "start": "09:00", "end": "10:00"}]


@pytest.mark.parametrize("display", ["", "X-WR-TIMEZONE:Europe/Berlin\r\n"])
def test_times_in_utc_move_nobody_to_another_clock(client: APIClient, put: Callable[..., Any], display: str) -> None:
    before = client.get(PATH).json()
    calendar = available("DTSTART:20240101T080000Z", "DURATION:PT3H").replace("BEGIN:VAVAIL", f"{display}BEGIN:VAVAIL")

    answer = put(calendar)

    assert answer.status_code == 400
    assert "X-WR-TIMEZONE:UTC" in answer.json()["detail"]
    assert client.get(PATH).json() == before


@pytest.mark.parametrize("begin", ["DTSTART:20240101T000000Z", "DTSTART;VALUE=DATE:20240101", "DTSTART:nonsense"])
def test_when_an_availability_begins_says_nothing_of_a_week(put: Callable[..., Any], begin: str) -> None:
    assert put(vavailability(begin)).json()["timezone"] == "Europe/Berlin"


def test_a_display_zone_that_is_none_is_refused_where_times_go_by_it(put: Callable[..., Any]) -> None:
    answer = put(available(*NINE).replace("BEGIN:VAVAIL", "X-WR-TIMEZONE:Nowhere\r\nBEGIN:VAVAIL"))

    assert [fault["field"] for fault in answer.json()["errors"]] == ["VCALENDAR.X-WR-TIMEZONE"]


def test_a_week_goes_by_the_clock_of_one_zone(put: Callable[..., Any]) -> None:
    lines = ["DTSTART:20240101T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"]
    other = ["BEGIN:AVAILABLE", *lines, "END:AVAILABLE", "END:VAVAILABILITY"]

    answer = put(available().replace("END:VAVAILABILITY\r\n", text(*other)))

    assert answer.status_code == 400
    assert answer.json()["detail"].endswith("by the clock of one time zone, not of Europe/Berlin, UTC.")


@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b"BEGIN:VCALENDAR",
        b"BEGIN:VCALENDAR\nEND:VEVENT",
        b"END:",
        b"x" * 96_000,
        b"BEGIN:" + b"x" * 96_000,
        b"END:" + b"x" * 96_000,
        "BEGIN:VCALENDAR\nEND:VCALENDAR".encode("utf-16"),
        b"BEGIN:X\n" * 100,
    ],
)
def test_what_is_no_calendar_is_refused(put: Callable[..., Any], body: bytes) -> None:
    answer = put(body)

    assert (answer.status_code, answer["Content-Type"]) == (400, CONTENT_TYPE)
    assert answer.json()["detail"].startswith("This is not a calendar: ")
    assert len(answer.json()["detail"]) < 120


def test_a_calendar_that_is_too_large_is_refused(put: Callable[..., Any]) -> None:
    answer = put(vavailability(f"COMMENT:{'x' * 768 * 1024}"))

    assert answer.status_code == 413
    assert answer.json()["detail"] == "A calendar may hold at most 786432 bytes."


def test_the_clock_of_a_stranger_is_neither_worked_out_nor_kept(put: Callable[..., Any]) -> None:
    endless = text(
        "BEGIN:VTIMEZONE", "TZID:Mars/Olympus", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200", "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VAVAILABILITY",
    )  # fmt: skip

    answer = put(vavailability("DTSTART;TZID=Mars/Olympus:20240101T000000").replace("BEGIN:VAVAILABILITY\r\n", endless))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "VAVAILABILITY.DTSTART"


@st.composite
def broken(draw: st.DrawFn, calendar: str) -> bytes:
    """A calendar in which one to three times something is cut out of a line, and something else put in."""
    lines = calendar.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        cut = draw(st.integers(0, len(lines[place])))
        put_in = draw(st.one_of(st.sampled_from(lines), st.text(max_size=8), st.sampled_from(':;="\\,\n0129')))
        lines[place] = lines[place][:cut] + put_in + lines[place][cut + draw(st.integers(0, 4)) :]
    return "\n".join(lines).encode(errors="surrogatepass")


@settings(REPEATABLE, max_examples=150)
@given(broken(RFC_7953))
def test_whatever_is_broken_about_a_calendar_it_is_an_expected_fault(calendar: bytes) -> None:
    try:
        found = read(calendar)
    except (ParseError, ValidationError):
        return
    assert week.NEVER <= found.week <= ALWAYS
    assert found.timezone is None or found.timezone in timezones.names()


def test_a_calendar_has_a_version_of_its_own_and_each_version_lets_write(
    client: APIClient, put: Callable[..., Any]
) -> None:
    calendar = client.get(PATH, {"format": "ics"})
    json = client.get(PATH)

    assert calendar["ETag"] != json["ETag"]
    known = client.get(PATH, {"format": "ics"}, headers={"If-None-Match": calendar["ETag"]})
    assert (known.status_code, known["ETag"], known.content) == (304, calendar["ETag"], b"")
    assert client.get(PATH, {"format": "ics"}, headers={"If-None-Match": json["ETag"]}).status_code == 200
    assert put(calendar.content, **{"If-Match": json["ETag"]}).status_code == 200
    client.patch("/users/ann@example.org", {"name": "Ann B."}, format="json")
    assert put(calendar.content, **{"If-Match": calendar["ETag"]}).status_code == 412
    written = put(calendar.content, f"{PATH}?format=ics", **{"If-Match": json["ETag"]})
    assert (written.status_code, written["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert put(calendar.content, **{"If-Match": written["ETag"]}).status_code == 200


@pytest.mark.parametrize("asked", [{"query_params": {"format": "ics"}}, {"headers": {"Accept": ICS}}])
def test_a_fault_stays_a_problem_also_when_a_calendar_was_asked(client: APIClient, asked: dict[str, Any]) -> None:
    answer = client.get("/users/nobody@example.org/availability", **asked)

    assert (answer.status_code, answer["Content-Type"]) == (404, CONTENT_TYPE)
    assert answer.json()["status"] == 404


def test_no_clock_in_the_world_changes_in_the_week_in_which_calendars_begin() -> None:
    monday = minute("2024-01-01T00:00Z")

    assert all(len(offsets(timezones.zone(name), monday - DAY, monday + 9 * DAY)) == 1 for name in timezones.names())


@pytest.mark.parametrize("name", ["Europe/Berlin", "Australia/Sydney"])
def test_the_clock_in_a_calendar_is_right_from_its_first_hour_to_the_year_2100(name: str) -> None:
    clock = calendar_reader.zone(availability(user(ALWAYS, name)).to_ical().decode(), name)

    for shown in map(datetime.fromisoformat, ("2024-01-01", "2026-07-01", "2100-07-01", "2100-12-31")):
        assert shown.replace(tzinfo=clock).utcoffset() == shown.replace(tzinfo=timezones.zone(name)).utcoffset()
