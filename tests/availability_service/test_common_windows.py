"""The window of a question, and clocks that change within it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from time_machine import TimeMachineFixture

from tests.availability_service.test_common import Ask, spans
from tests.support.people import ALWAYS, Store

Freeze = Callable[[str], None]

BERLIN, KATHMANDU, LORD_HOWE, APIA = "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"


@pytest.fixture
def freeze(time_machine: TimeMachineFixture) -> Freeze:
    """Stops the clock."""
    return lambda moment: time_machine.move_to(datetime.fromisoformat(moment), tick=False)


@pytest.mark.parametrize(
    ("now", "timezone", "window"),
    [
        ("2026-11-25T10:20:30Z", "UTC", ("2026-11-25T11:00:00+00:00", "2026-12-02T11:00:00+00:00")),
        ("2026-11-25T10:00:00Z", "UTC", ("2026-11-25T10:00:00+00:00", "2026-12-02T10:00:00+00:00")),
        ("2026-11-25T10:00:00.000001Z", "UTC", ("2026-11-25T11:00:00+00:00", "2026-12-02T11:00:00+00:00")),
        ("2026-12-31T23:30:00Z", "UTC", ("2027-01-01T00:00:00+00:00", "2027-01-08T00:00:00+00:00")),
        ("2026-11-25T10:20:30Z", KATHMANDU, ("2026-11-25T17:00:00+05:45", "2026-12-02T17:00:00+05:45")),
        ("2026-10-21T10:20:30Z", BERLIN, ("2026-10-21T13:00:00+02:00", "2026-10-28T13:00:00+01:00")),
        ("2026-04-04T14:50:00Z", LORD_HOWE, ("2026-04-05T02:00:00+10:30", "2026-04-12T02:00:00+10:30")),
    ],
)
def test_by_default_a_window_is_the_seven_days_from_the_next_whole_hour(
    freeze: Freeze, person: Store, common: Ask, now: str, timezone: str, window: tuple[str, str]
) -> None:
    ann = person("ann", *ALWAYS, timezone=timezone)
    freeze(now)

    answer = common(ann, timezone=timezone)

    assert (answer["start"], answer["end"]) == window
    assert spans(answer) == [window]


def test_the_default_window_holds_every_hour_of_a_week_once(freeze: Freeze, person: Store, common: Ask) -> None:
    freeze("2026-10-21T10:20:30Z")

    for number, hour in enumerate(["wednesday 11-12", "wednesday 13-14", "sunday 04-05", "tuesday 23-24"]):
        assert len(common(person(f"p{number}", hour, timezone=BERLIN), timezone=BERLIN)["common"]) == 1


def test_a_window_may_begin_now(freeze: Freeze, person: Store, common: Ask) -> None:
    freeze("2026-11-25T10:20:30Z")

    answer = common(person("ann"), end="2026-11-26")

    assert (answer["start"], answer["end"]) == ("2026-11-25T11:00:00+00:00", "2026-11-26T00:00:00+00:00")


def test_a_window_that_would_end_before_now_is_a_fault_that_says_when_now_is(freeze: Freeze, common: Ask) -> None:
    freeze("2026-11-25T10:20:30Z")

    (error,) = common("ann@example.org", end="2026-11-25T11:00:00Z", status=400)["errors"]

    assert error["field"] == "end"
    assert "now (2026-11-25T11:00:00+00:00)" in error["message"]


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ({"start": "2026-11-23"}, "2026-11-23T00:00:00+05:45", "2026-11-30T00:00:00+05:45"),
        ({"start": "2026-11-23T09:00:00Z"}, "2026-11-23T14:45:00+05:45", "2026-11-30T14:45:00+05:45"),
        (
            {"start": "2026-11-23t09:00z", "end": "2026-11-24"},
            "2026-11-23T14:45:00+05:45",
            "2026-11-24T00:00:00+05:45",
        ),
        (
            {"start": "2026-11-23", "end": "2026-11-23T08:00:00.5-03:30"},
            "2026-11-23T00:00:00+05:45",
            "2026-11-23T17:15:00+05:45",
        ),
        (
            {"start": "2026-11-23T09:00:00.001Z", "end": "2026-11-23T09:02:59Z"},
            "2026-11-23T14:46:00+05:45",
            "2026-11-23T14:47:00+05:45",
        ),
        ({"start": "2024-02-29", "end": "2024-03-01"}, "2024-02-29T00:00:00+05:45", "2024-03-01T00:00:00+05:45"),
    ],
    ids=["date", "time", "time to date", "date to time", "seconds", "leap day"],
)
def test_a_window_is_given_in_dates_or_times(
    person: Store, common: Ask, window: dict[str, str], start: str, end: str
) -> None:
    answer = common(person("ann"), timezone=KATHMANDU, **window)

    assert (answer["start"], answer["end"]) == (start, end)


@pytest.mark.parametrize(
    ("zone", "date", "start"),
    [
        ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00"),
        ("America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00"),
        (APIA, "2011-12-30", "2011-12-31T00:00:00+14:00"),
        (LORD_HOWE, "2026-10-04", "2026-10-04T00:00:00+10:30"),
    ],
)
def test_a_date_begins_with_its_first_minute(person: Store, common: Ask, zone: str, date: str, start: str) -> None:
    assert common(person("ann"), timezone=zone, start=date)["start"] == start


@pytest.mark.parametrize(
    ("window", "zone"),
    [
        ({"start": "2026-09-01", "end": "2026-12-02"}, "UTC"),
        ({"start": "2026-09-01", "end": "2026-12-02"}, BERLIN),
        ({"start": "2026-02-01", "end": "2026-05-04"}, BERLIN),
        ({"start": "2026-09-01T07:30:00+02:00", "end": "2026-12-02T06:30:00Z"}, BERLIN),
        ({"start": "1970-01-01", "end": "1970-01-02"}, KATHMANDU),
        ({"start": "1970-01-01", "end": "1970-01-02"}, "America/New_York"),
        ({"start": "2100-12-25", "end": "2101-01-01"}, KATHMANDU),
        ({"start": "2100-12-25"}, "America/New_York"),
    ],
)
def test_a_window_may_be_92_days_long_and_lies_between_1970_and_2100(
    person: Store, common: Ask, window: dict[str, str], zone: str
) -> None:
    answer = common(person("ann", *ALWAYS, timezone=zone), timezone=zone, **window)

    assert spans(answer) == [(answer["start"], answer["end"])]


@pytest.mark.parametrize(
    ("people", "zone", "days", "expected"),
    [
        (
            [("monday 09-12", BERLIN), ("monday 13-16", KATHMANDU)],
            BERLIN,
            ("2026-11-23", "2026-11-24"),
            [("2026-11-23T09:00:00+01:00", "2026-11-23T11:15:00+01:00")],
        ),
        (
            [("sunday 01-02", LORD_HOWE)],
            LORD_HOWE,
            ("2026-04-05", "2026-04-06"),
            [("2026-04-05T01:00:00+11:00", "2026-04-05T02:00:00+10:30")],
        ),
        (
            [("sunday 02-03", LORD_HOWE)],
            LORD_HOWE,
            ("2026-10-04", "2026-10-05"),
            [("2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00")],
        ),
        (
            [("sunday 01-04", BERLIN)],
            BERLIN,
            ("2026-03-29", "2026-03-30"),
            [("2026-03-29T01:00:00+01:00", "2026-03-29T04:00:00+02:00")],
        ),
        (
            [("sunday 02-03", BERLIN)],
            BERLIN,
            ("2026-10-25", "2026-10-26"),
            [("2026-10-25T02:00:00+02:00", "2026-10-25T03:00:00+01:00")],
        ),
        (
            [("monday 09-10", "America/New_York"), ("monday 14-15", BERLIN)],
            "UTC",
            ("2026-03-02", "2026-04-06"),
            [(f"2026-03-{day}T13:00:00+00:00", f"2026-03-{day}T14:00:00+00:00") for day in ("09", "16", "23")],
        ),
        (
            [("thursday 23-24", APIA), ("thursday 23-24", APIA)],
            APIA,
            ("2011-12-29", "2012-01-01"),
            [("2011-12-29T23:00:00-10:00", "2011-12-31T00:00:00+14:00")],
        ),
        ([("friday 00-24", APIA)], APIA, ("2011-12-29", "2012-01-01"), []),
        ([("sunday 02-03", BERLIN)], BERLIN, ("2026-03-29", "2026-03-30"), []),
    ],
    ids=[
        "quarters of an hour",
        "an hour and a half",
        "half an hour",
        "a night of 23 hours",
        "an hour twice",
        "weeks between two changes",
        "a skipped day between",
        "a skipped day",
        "a skipped hour",
    ],
)
def test_everybody_goes_by_their_own_clock_and_its_changes(
    person: Store,
    common: Ask,
    people: list[tuple[str, str]],
    zone: str,
    days: tuple[str, str],
    expected: list[tuple[str, str]],
) -> None:
    emails = [person(f"p{number}", hours, timezone=clock) for number, (hours, clock) in enumerate(people)]

    answer = common(*emails, timezone=zone, start=days[0], end=days[1])

    assert spans(answer) == expected
    for interval in answer["common"]:
        length = datetime.fromisoformat(interval["end"]) - datetime.fromisoformat(interval["start"])
        assert interval["minutes"] == length.total_seconds() / 60


@pytest.mark.parametrize(
    ("parameters", "field", "says"),
    [
        ({"start": "yesterday"}, "start", "Write a date"),
        ({"start": ""}, "start", ""),
        ({"start": "2026-02-30"}, "start", "not a day or a time that exists"),
        ({"start": "2026-11-23T24:00:00Z"}, "start", "not a day or a time that exists"),
        ({"start": "2026-11-23T23:59:60Z"}, "start", "not a day or a time that exists"),
        ({"start": "2026-11-23T09:00:00"}, "start", "with its offset"),
        ({"start": "2026-11-23 09:00:00Z"}, "start", "Write a date"),
        ({"start": "2026-11-23T09:00:00+24:00"}, "start", "Write a date"),
        ({"start": "20261123"}, "start", "Write a date"),
        ({"start": "2026-W48-1"}, "start", "Write a date"),
        ({"start": "٢٠٢٦-11-23"}, "start", "Write a date"),
        ({"start": "2" * 100_000}, "start", "Write a date"),
        ({"end": "1764000000"}, "end", "Write a date"),
        ({"start": "1969-12-31"}, "start", "between the years 1970 and 2100"),
        ({"start": "0001-01-01"}, "start", "between the years 1970 and 2100"),
        ({"start": "2026-11-23", "end": "9999-12-31"}, "end", "between the years 1970 and 2100"),
        ({"start": "2100-12-31", "end": "2101-01-01T00:01:00Z"}, "end", "between the years 1970 and 2100"),
        ({"start": "2101-01-01"}, "start", "between the years 1970 and 2100"),
        ({"start": "2026-11-23", "end": "2026-11-23"}, "end", "later than start"),
        ({"start": "2026-11-23", "end": "2026-11-22"}, "end", "later than start"),
        ({"start": "2026-11-23T09:00:10Z", "end": "2026-11-23T09:00:50Z"}, "end", "later than start"),
        ({"start": "2011-12-30", "end": "2011-12-31", "timezone": APIA}, "end", "later than start"),
        ({"start": "2026-09-01", "end": "2026-12-02T00:01:00Z"}, "end", "at most 92 days"),
        ({"timezone": "Berlin"}, "timezone", "'Berlin' is not an IANA time zone"),
        ({"timezone": "europe/berlin"}, "timezone", "Did you mean 'Europe/Berlin'?"),
        ({"timezone": "../../etc/passwd"}, "timezone", "is not an IANA time zone"),
        ({"timezone": "/etc/localtime"}, "timezone", "is not an IANA time zone"),
        ({"timezone": "+01:00"}, "timezone", "is not an IANA time zone"),
        ({"timezone": ""}, "timezone", ""),
        ({"timezone": "UTC\0"}, "timezone", ""),
    ],
)
def test_a_window_that_cannot_be_is_a_fault_of_one_parameter(
    common: Ask, parameters: dict[str, str], field: str, says: str
) -> None:
    answer = common("ann@example.org", status=400, **parameters)

    (error,) = answer["errors"]
    assert error["field"] == field
    assert says in error["message"]


def test_a_plus_that_was_read_as_a_space_is_explained(client: Any) -> None:
    answer = client.get("/availability/common?attendees=a@b.cd&start=2026-11-23T09:00:00+01:00")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "field": "start",
            "message": "In a URL the + of an offset must be written %2B.",
            "code": "invalid_time",
        }
    ]
