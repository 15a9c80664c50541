"""Dates that differ, in a week as a calendar: each run of them is a VAVAILABILITY with an end (RFC 7953)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.test import APIClient

from common.domain import timezones, week
from tests.support import calendar_reader
from tests.support.domain import ALWAYS, REPEATABLE, weeks
from tests.support.problems import assert_problem
from tests.user_service.weeks.test_availability_calendar import ICS, PATH, available, broken, text, user
from user_service.ics.dates import FreeTime, Period, lay_out
from user_service.ics.reader import MAX_BYTES, CalendarWeek, read
from user_service.ics.writer import MAX_DATE_INTERVALS, availability
from user_service.store import users

OVERRIDES = "/users/ann@example.org/overrides"
ZONE = "TZID=Europe/Berlin"
DAY = timedelta(days=1)
NINE_TO_TWELVE = 0b111111111111 << 4 * 12
ROWS = st.sampled_from([0, (1 << 96) - 1, NINE_TO_TWELVE]) | st.integers(0, (1 << 96) - 1)
# Runs that touch each other or a clock change, and any date that there may be.
DATES = st.integers(0, 12).map(lambda number: date(2030, 3, 26) + number * DAY) | st.dates(
    date(1970, 1, 1), date(2100, 12, 31)
)


@pytest.fixture
def put(client: APIClient, ann: dict[str, Any]) -> Callable[..., Any]:
    """Replaces Ann's week, and dates of it, by a calendar."""

    def put(calendar: Any, **headers: str) -> Any:
        return client.generic("PUT", PATH, calendar, content_type=ICS, headers=headers)

    return put


def run(*lines: str, start: str = "20301221", end: str = "20301224", priority: int | None = 1) -> str:
    """A VAVAILABILITY from one midnight to another, with these AVAILABLE."""
    ranks = [] if priority is None else [f"PRIORITY:{priority}"]
    bounds = [f"DTSTART;{ZONE}:{start}T000000", f"DTEND;{ZONE}:{end}T000000"]
    return text("BEGIN:VAVAILABILITY", *ranks, *bounds, *lines, "END:VAVAILABILITY")


def free(start: str, end: str, *more: str) -> list[str]:
    return ["BEGIN:AVAILABLE", f"DTSTART;{ZONE}:{start}00", f"DTEND;{ZONE}:{end}00", *more, "END:AVAILABLE"]


def with_week(*runs: str) -> str:
    """A calendar of Monday mornings, and these besides."""
    return available().replace("END:VCALENDAR\r\n", f"{''.join(runs)}END:VCALENDAR\r\n")


def dates_of(client: APIClient) -> dict[str, list[str]]:
    """Ann's dates, and what is free on each."""
    overrides = client.get(OVERRIDES).json()["overrides"]
    return {each["date"]: [f"{one['start']}-{one['end']}" for one in each["intervals"]] for each in overrides}


@settings(REPEATABLE, max_examples=40)
@example(ALWAYS, {date(1970, 1, 1): 0, date(2100, 12, 31): 1}, "Africa/Monrovia")
@example(week.NEVER, {date(2011, 12, 29): 1, date(2011, 12, 30): 1, date(2011, 12, 31): 1}, "Pacific/Apia")
@given(weeks(), st.dictionaries(DATES, ROWS, max_size=9), st.sampled_from(sorted(timezones.names())))
def test_a_round_trip_loses_neither_week_nor_zone_nor_dates(
    free: int, overrides: dict[date, int], timezone: str
) -> None:
    written = availability(user(free, timezone, overrides=overrides)).to_ical()

    assert read(written) == CalendarWeek(free, timezone, overrides)


@settings(REPEATABLE, max_examples=30)
@given(weeks(), st.dictionaries(DATES, ROWS, max_size=6), st.sampled_from(["Europe/Berlin", "UTC"]))
def test_another_program_reads_what_holds_on_each_date(free: int, overrides: dict[date, int], timezone: str) -> None:
    parts = calendar_reader.read(
        availability(user(free, timezone, overrides=overrides)).to_ical().decode()
    ).vavailability_list

    assert [hasattr(part, "dtend") for part in parts] == [False] + [True] * (len(parts) - 1)
    told: dict[date, int] = {}
    for part in parts[1:]:
        assert (part.priority.value, part.busytype.value) == ("1", "BUSY-UNAVAILABLE")
        first, end = (side.value.replace(tzinfo=None) for side in (part.dtstart, part.dtend))
        assert first.time() == end.time() == time()
        rows = {first.date() + number * DAY: 0 for number in range((end - first).days)}
        for component in getattr(part, "available_list", []):
            start, until = (side.value.replace(tzinfo=None) for side in (component.dtstart, component.dtend))
            midnight = datetime.combine(start.date(), time())
            since, last = ((side - midnight) // timedelta(minutes=15) for side in (start, until))
            rows[start.date()] |= (1 << last - since) - 1 << 96 - last
        assert not rows.keys() & told.keys()
        told |= rows
    assert told == overrides
    assert all(day - DAY not in overrides for day in (part.dtstart.value.date() for part in parts[1:]))


@st.composite
def free_times(draw: st.DrawFn) -> FreeTime:
    first = date(2030, 1, 1) + draw(st.integers(-20, 12)) * DAY
    length = draw(st.integers(1, 8))
    rows = tuple(draw(st.sampled_from([0, 1, 1 << 95, (1 << 96) - 1])) for _ in range(length))
    return FreeTime(first, frozenset(draw(st.sets(st.integers(0, 6), max_size=3))), rows, None)


@REPEATABLE
@given(st.lists(free_times(), max_size=4), st.integers(1, 12))
def test_times_are_free_on_the_dates_on_which_they_lie(times: list[FreeTime], days: int) -> None:
    expected = {date(2030, 1, 1) + number * DAY: 0 for number in range(days)}
    for each in times:
        begins = [each.first + number * DAY for number in range(40)]
        for begin in [day for day in begins if day.weekday() in each.days] if each.days else [each.first]:
            for number, row in enumerate(each.rows):
                if begin + number * DAY in expected:
                    expected[begin + number * DAY] |= row

    assert lay_out(Period(date(2030, 1, 1), days, None), times) == expected


@pytest.mark.usefixtures("ann")
def test_a_week_and_its_dates_go_from_one_user_to_another(client: APIClient, add: Callable[..., Any]) -> None:
    client.post(OVERRIDES, {"from": "2030-08-01", "to": "2030-08-21", "intervals": []}, format="json")
    client.put(f"{OVERRIDES}/2030-12-24", {"intervals": [{"start": "09:00", "end": "10:30"}]}, format="json")
    add("bob@example.org")

    calendar = client.get(PATH, {"format": "ics"})
    answer = client.generic("PUT", "/users/bob@example.org/availability", calendar.content, content_type=ICS)

    assert calendar.text.count("BEGIN:VAVAILABILITY") == 3
    assert answer.status_code == 200, answer.content
    assert users.get("bob@example.org").overrides == users.get("ann@example.org").overrides
    assert len(users.get("bob@example.org").overrides) == 22


def test_a_calendar_replaces_week_and_the_dates_that_it_names_and_leaves_the_others(
    client: APIClient, put: Callable[..., Any]
) -> None:
    for day in ("2030-12-20", "2030-12-21", "2030-12-24"):
        client.put(f"{OVERRIDES}/{day}", {"intervals": [{"start": "18:00", "end": "19:00"}]}, format="json")

    answer = put(with_week(run(*free("20301222T1000", "20301222T1200"))))

    assert answer.status_code == 200, answer.content
    assert [each["day"] for each in answer.json()["intervals"]] == ["monday"]
    assert dates_of(client) == {
        "2030-12-20": ["18:00-19:00"],
        "2030-12-21": [],
        "2030-12-22": ["10:00-12:00"],
        "2030-12-23": [],
        "2030-12-24": ["18:00-19:00"],
    }


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([run(end="20301222")], {"2030-12-21": []}),
        ([run(*free("20301221T2200", "20301222T0200"))], [["22:00-24:00"], ["00:00-02:00"], []]),
        # As far as it lies on these dates.
        ([run(*free("20301220T2200", "20301221T0200"), *free("20301223T2200", "20301224T0200"))],
         [["00:00-02:00"], [], ["22:00-24:00"]]),
        ([run(*free("20301201T0900", "20301201T1000"))], [[], [], []]),
        ([run(*free("20301222T0900", "20301222T1000", "RRULE:FREQ=DAILY"))], [[], ["09:00-10:00"], ["09:00-10:00"]]),
        ([run(*free("20300107T0900", "20300107T1000", "RRULE:FREQ=WEEKLY;BYDAY=MO,SA"))],
         [["09:00-10:00"], [], ["09:00-10:00"]]),
        ([run(*free("20301220T2300", "20301221T0100", "RRULE:FREQ=DAILY;BYDAY=FR"))], [["00:00-01:00"], [], []]),
        ([run(*free("20301222T2300", "20301223T0100", "RRULE:FREQ=DAILY"))],
         [[], ["23:00-24:00"], ["00:00-01:00", "23:00-24:00"]]),
        ([text("BEGIN:VAVAILABILITY", "PRIORITY:9", "DTSTART;VALUE=DATE:20301221", "DURATION:P3D",
               "BEGIN:AVAILABLE", "DTSTART;VALUE=DATE:20301222", "END:AVAILABLE", "END:VAVAILABILITY")],
         [[], ["00:00-24:00"], []]),
        # Of several about a date, the highest priority; of several such, all.
        ([run(*free("20301221T0900", "20301221T1000"), priority=3), run(priority=2, end="20301222"),
          run(*free("20301222T0900", "20301222T1000"), priority=3, start="20301222")],
         [[], ["09:00-10:00"], []]),
        ([run(*free("20301221T0900", "20301221T1000")), run(*free("20301221T1200", "20301221T1300"))],
         [["09:00-10:00", "12:00-13:00"], [], []]),
    ],
)  # fmt: skip
def test_what_has_an_end_differs_from_the_week(
    client: APIClient, put: Callable[..., Any], runs: list[str], expected: Any
) -> None:
    answer = put(with_week(*runs))

    assert answer.status_code == 200, answer.content
    days = expected if isinstance(expected, list) else None
    assert dates_of(client) == (
        dict(zip(["2030-12-21", "2030-12-22", "2030-12-23"], days, strict=True)) if days else expected
    )
    assert [each["start"] for each in answer.json()["intervals"]] == ["09:00"]


def test_what_has_an_end_and_a_lower_priority_than_the_week_holds_never(
    client: APIClient, put: Callable[..., Any]
) -> None:
    calendar = with_week(run(priority=6)).replace("BEGIN:VAVAILABILITY", "BEGIN:VAVAILABILITY\r\nPRIORITY:5", 1)

    assert put(calendar).status_code == 200
    assert dates_of(client) == {}


@pytest.mark.parametrize(
    ("calendar", "field", "message"),
    [
        (with_week(run(priority=None)), "VAVAILABILITY.PRIORITY", "Dates differ from a week by a higher PRIORITY"),
        (with_week(run(priority=0)), "VAVAILABILITY.PRIORITY", "Dates differ from a week by a higher PRIORITY"),
        (text("BEGIN:VCALENDAR") + run() + text("END:VCALENDAR"), "VAVAILABILITY.DTEND", "There is no week"),
        (with_week(run(start="20301224")), "VAVAILABILITY.DTEND", "The end must be later than the start"),
        (with_week(run(end="20351224")), "VAVAILABILITY.DTEND", "The end must be later than the start, by"),
        (with_week(run(start="19691230", end="19700102")), "VAVAILABILITY.DTSTART", "Dates lie between the years 1970"),
        (with_week(run(start="21001230", end="21010102")), "VAVAILABILITY.DTSTART", "Dates lie between the years 1970"),
        (with_week(run(start="99991230", end="99991231")), "VAVAILABILITY.DTSTART", "Dates lie between the years 1970"),
        (with_week(run().replace("21T000000", "21T090000")), "VAVAILABILITY.DTEND", "Dates differ from the week as a"),
        (with_week(run().replace("1T000000", "1T090000").replace("4T000000", "4T090000")), "VAVAILABILITY.DTSTART",
         "Dates differ from the week as a whole"),
        (with_week(run().replace("DTSTART;", "COMMENT;")), "VAVAILABILITY.DTSTART", "DTSTART is missing."),
        (with_week(run("DURATION:P3D")), "VAVAILABILITY.DTEND", "Give a DTEND or a DURATION, not both."),
        (with_week(run(*free("20301221T0905", "20301221T1000"))), "AVAILABLE[1].DTSTART", "A week is of quarters"),
        (with_week(run(*free("20301221T0900", "20301221T1000", "RRULE:FREQ=YEARLY"))), "AVAILABLE[1].RRULE", "A week"),
        (with_week(run(*free("20301221T0900", "20301221T1000", f"EXDATE;{ZONE}:20301221T090000"))),
         "AVAILABLE[1].EXDATE", "Write each exception as an AVAILABLE of its own."),
        (with_week(run(*free("99991231T0900", "99991231T1000"))), "AVAILABLE[1].DTSTART", "Dates lie between"),
        (with_week(run().replace("Berlin", "Rome")), "AVAILABLE", "A week goes by the clock of one time zone"),
        (with_week(run(end="20321224"), run(start="20331224", end="20351224")), "VAVAILABILITY", "At most 1000 dates"),
        (with_week(run("BEGIN:AVAILABLE\r\nEND:AVAILABLE\r\n" * 1501)), "VAVAILABILITY",
         "Dates that differ are at most 1500 AVAILABLE components."),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_of_dates_is_refused_and_nothing_changed(
    put: Callable[..., Any], calendar: str, field: str, message: str
) -> None:
    before = users.get("ann@example.org")

    answer = put(calendar)

    assert answer.status_code == 400, answer.content
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["message"][: len(message)]) == (field, message)
    assert users.get("ann@example.org") == before


def test_more_dates_than_a_user_may_have_are_refused_with_the_week(client: APIClient, put: Callable[..., Any]) -> None:
    for year in (2031, 2032, 2033):
        body = {"from": f"{year}-01-01", "to": f"{year}-11-{28 if year == 2032 else 29}", "intervals": []}
        assert client.post(OVERRIDES, body, format="json").status_code == 200
    before = users.get("ann@example.org")

    assert len(before.overrides) == 999
    assert_problem(put(with_week(run())), 409, "A user has at most 1000 dates that differ")
    assert users.get("ann@example.org") == before
    assert put(with_week(run(end="20301222"))).status_code == 200


def test_the_longest_calendar_that_is_written_is_read() -> None:
    timezone = max(timezones.names(), key=len)
    # Each date is a run of its own.
    dates = {date(2027, 1, 1) + 2 * number * DAY: NINE_TO_TWELVE | NINE_TO_TWELVE >> 24 | 1 for number in range(500)}
    email = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.org"
    most = replace(user(int("10" * 336, 2), timezone, overrides=dates), email=email, name="Ö" * 200)

    written = availability(most).to_ical()

    assert sum(len(week.to_runs(row)) for row in dates.values()) == MAX_DATE_INTERVALS
    assert len(written) < MAX_BYTES
    assert read(written) == CalendarWeek(most.week, timezone, dates)


def test_of_more_intervals_no_calendar_is_written_and_no_change_is_made(
    client: APIClient, put: Callable[..., Any]
) -> None:
    hours = [{"start": f"{hour:02}:00", "end": f"{hour:02}:15"} for hour in range(24)]
    client.post(OVERRIDES, {"from": "2031-01-01", "to": "2031-03-04", "intervals": hours}, format="json")
    before = users.get("ann@example.org")

    assert_problem(client.get(PATH, {"format": "ics"}), 409, "The dates that differ from the week have more than 1500")
    assert put(with_week(), Accept=ICS).status_code == 409
    assert users.get("ann@example.org") == before
    assert put(with_week(), Accept="application/json").status_code == 200


def test_dates_make_another_version_of_the_calendar(client: APIClient, put: Callable[..., Any]) -> None:
    before = client.get(PATH, {"format": "ics"})
    client.put(f"{OVERRIDES}/2030-12-24", {"intervals": []}, format="json")

    assert client.get(PATH, {"format": "ics"}, headers={"If-None-Match": before["ETag"]}).status_code == 200
    assert put(before.content, **{"If-Match": before["ETag"]}).status_code == 412


REPEATED = free("20301220T2300", "20301221T0100", "RRULE:FREQ=DAILY;BYDAY=FR")


@settings(REPEATABLE, max_examples=80)
@given(broken(with_week(run(*REPEATED), run(start="20301226", end="20301228", priority=2))))
def test_whatever_is_broken_about_dates_it_is_an_expected_fault(calendar: bytes) -> None:
    try:
        found = read(calendar)
    except (ParseError, ValidationError):
        return
    assert week.NEVER <= found.week <= ALWAYS
    assert all(0 <= row < 1 << 96 for row in found.overrides.values())
