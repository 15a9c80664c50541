"""Weeks of several people laid over a window, compared with a walk minute by minute."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from availability_service.domain.timeline import Person, build_timeline
from common.domain.people import People
from common.domain.segments import Segment
from common.domain.timezones import zone
from common.domain.utc_offsets import Offset, offsets
from common.domain.week import DAYS, NEVER, DayInterval, from_intervals
from tests.support.domain import (
    ALWAYS,
    DAY,
    QUARTERS,
    REPEATABLE,
    SLOTS,
    ZONES,
    Run,
    Someone,
    changing_clocks,
    minute,
    presence,
    questions,
    runs,
    shown,
)

BERLIN = zone("Europe/Berlin")
KATHMANDU = zone("Asia/Kathmandu")


def hours(day: str, start: int, end: int) -> int:
    """A week of quarters in which these hours are free."""
    return from_intervals([DayInterval(DAYS.index(day), 4 * start, 4 * end)])


def found(people: list[Someone], start: int, end: int) -> list[Run]:
    """What the timeline says, with names."""
    order, segments = build_timeline([Person(*person) for person in people], start, end)
    assert sorted(order.emails) == sorted(person.email for person in people)
    return [(segment.start, segment.end, frozenset(order.names(segment.present))) for segment in segments]


def free_minutes(name: str, week: int, start: str, end: str) -> int:
    _, segments = build_timeline([Person("ann@example.org", zone(name), week, QUARTERS)], minute(start), minute(end))
    return sum(segment.end - segment.start for segment in segments if segment.present)


def test_hours_in_berlin_and_kathmandu_overlap_by_quarters() -> None:
    ann = Person("ann@example.org", BERLIN, hours("monday", 9, 12), QUARTERS)
    bob = Person("bob@example.org", KATHMANDU, hours("monday", 13, 15), QUARTERS)

    order, segments = build_timeline([ann, bob], minute("2026-11-23T00:00Z"), minute("2026-11-24T00:00Z"))

    assert [(segment.start, segment.end, order.names(segment.present)) for segment in segments] == [
        (minute("2026-11-23T00:00Z"), minute("2026-11-23T07:15Z"), []),
        (minute("2026-11-23T07:15Z"), minute("2026-11-23T08:00Z"), ["bob@example.org"]),
        (minute("2026-11-23T08:00Z"), minute("2026-11-23T09:15Z"), ["ann@example.org", "bob@example.org"]),
        (minute("2026-11-23T09:15Z"), minute("2026-11-23T11:00Z"), ["ann@example.org"]),
        (minute("2026-11-23T11:00Z"), minute("2026-11-24T00:00Z"), []),
    ]


@settings(REPEATABLE, max_examples=200)
@given(questions())
def test_segments_are_those_of_a_walk_minute_by_minute(question: tuple[list[Someone], int, int]) -> None:
    people, start, end = question

    assert found(people, start, end) == runs(presence(people, start, end), start)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("America/Recife", "2000-10-05T00:07Z", "2000-10-18T00:01Z"),
        ("Africa/Cairo", "2014-05-10T00:00Z", "2014-08-10T00:00Z"),
        ("Africa/Casablanca", "2026-02-01T13:37Z", "2026-04-01T13:37Z"),
        ("America/St_Johns", "2006-12-31T22:59Z", "2007-03-12T12:00Z"),
        ("America/St_Johns", "2010-10-30T02:00Z", "2010-11-10T02:00Z"),
        ("Australia/Lord_Howe", "2025-12-31T00:00Z", "2026-04-06T00:00Z"),
        ("Pacific/Apia", "2011-12-28T00:00Z", "2012-01-03T00:00Z"),
        ("Pacific/Kwajalein", "1993-08-18T00:00Z", "1993-08-25T00:00Z"),
        ("Asia/Kathmandu", "1985-12-30T00:00Z", "1986-01-03T00:00Z"),
        ("Africa/Monrovia", "1972-01-05T00:00Z", "1972-01-09T00:00Z"),
        ("Africa/Monrovia", "1971-06-01T00:00Z", "1971-06-01T10:45Z"),
        ("Asia/Pyongyang", "2015-08-10T00:00Z", "2015-08-20T00:00Z"),
        ("Antarctica/Troll", "2026-10-20T00:00Z", "2026-10-30T00:00Z"),
        ("Antarctica/Casey", "2020-10-01T00:00Z", "2020-10-08T00:00Z"),
        ("Europe/Berlin", "1970-01-01T00:00Z", "1970-01-03T00:00Z"),
        ("Pacific/Chatham", "2024-03-30T12:00Z", "2024-04-08T00:00Z"),
        ("Pacific/Chatham", "2100-12-25T00:00Z", "2100-12-31T10:15Z"),
    ],
)
def test_segments_are_right_over_the_strangest_changes_there_were(name: str, start: str, end: str) -> None:
    people = [
        Someone("ann@example.org", zone(name), int("10" * (SLOTS // 2), 2), SLOTS),
        Someone("bob@example.org", BERLIN, hours("sunday", 1, 3), QUARTERS),
        Someone("cyd@example.org", zone(name), hours("sunday", 0, 2) | hours("friday", 0, 24), QUARTERS),
        Someone("dee@example.org", zone(name), int("10" * (QUARTERS // 2), 2), QUARTERS),
    ]

    assert found(people, minute(start), minute(end)) == runs(
        presence(people, minute(start), minute(end)), minute(start)
    )


@settings(REPEATABLE, max_examples=50)
@given(questions(max_days=3))
def test_segments_have_no_gaps_and_are_the_longest(question: tuple[list[Someone], int, int]) -> None:
    people, start, end = question
    _, segments = build_timeline([Person(*person) for person in people], start, end)

    assert (segments[0].start, segments[-1].end) == (start, end)
    assert all(segment.start < segment.end for segment in segments)
    assert all(one.end == other.start and one.present != other.present for one, other in pairwise(segments))


@pytest.mark.parametrize(
    ("name", "week", "start", "end", "minutes"),
    [
        ("Europe/Berlin", hours("sunday", 2, 3), "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 0),
        ("Europe/Berlin", hours("sunday", 2, 3), "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 120),
        (
            "Australia/Lord_Howe",
            hours("sunday", 2, 3),
            "2026-10-04T00:00+10:30",
            "2026-10-05T00:00+11:00",
            30,
        ),
        (
            "Australia/Lord_Howe",
            hours("sunday", 1, 2),
            "2026-04-05T00:00+11:00",
            "2026-04-06T00:00+10:30",
            90,
        ),
        ("Pacific/Apia", hours("friday", 0, 24), "2011-12-27T00:00-10:00", "2012-01-03T00:00+14:00", 0),
        ("America/Havana", hours("sunday", 0, 1), "2026-03-08T00:00-05:00", "2026-03-09T00:00-04:00", 0),
        ("America/Havana", hours("sunday", 0, 1), "2025-11-02T00:00-04:00", "2025-11-03T00:00-05:00", 120),
        ("Pacific/Marquesas", hours("monday", 9, 10), "2026-11-23T18:00Z", "2026-11-23T19:00Z", 30),
        ("Europe/Berlin", hours("monday", 9, 10), "2026-11-23T09:07+01:00", "2026-11-23T09:08+01:00", 1),
    ],
)
def test_an_hour_lasts_as_long_as_the_clock_shows_it(name: str, week: int, start: str, end: str, minutes: int) -> None:
    assert free_minutes(name, week, start, end) == minutes


def test_sunday_night_into_monday_morning_is_one_segment() -> None:
    week = hours("sunday", 22, 24) | hours("monday", 0, 2)

    _, segments = build_timeline(
        [Person("ann@example.org", BERLIN, week, QUARTERS)], minute("2026-11-22T12:00Z"), minute("2026-11-23T12:00Z")
    )

    assert [segment for segment in segments if segment.present] == [
        Segment(minute("2026-11-22T21:00Z"), minute("2026-11-23T01:00Z"), 1)
    ]


@pytest.mark.parametrize(("week", "present"), [(ALWAYS, 1), (NEVER, 0)])
@pytest.mark.parametrize("name", ZONES)
def test_always_and_never_are_one_segment_as_long_as_the_window(name: str, week: int, present: int) -> None:
    start, end = minute("2026-09-20T00:01Z"), minute("2026-12-20T00:00Z")

    assert build_timeline([Person("ann@example.org", zone(name), week, QUARTERS)], start, end)[1] == [
        Segment(start, end, present)
    ]


def test_zones_that_run_alike_only_for_a_part_of_the_window_are_kept_apart() -> None:
    people = [
        Someone("ann@example.org", zone("Europe/London"), hours("sunday", 9, 10), QUARTERS),
        Someone("bob@example.org", zone("Africa/Abidjan"), hours("sunday", 9, 10), QUARTERS),
    ]
    start, end = minute("2026-10-18T00:00Z"), minute("2026-10-26T00:00Z")

    assert [(end - start, len(group)) for start, end, group in found(people, start, end) if group] == [
        (60, 1),
        (60, 1),
        (60, 2),
    ]


def test_ten_people_of_two_clocks_each_keep_their_name() -> None:
    names = ["Europe/Berlin", "Asia/Kathmandu", "Europe/Paris"]
    people = [
        Someone(f"{number}@example.org", zone(names[number % 3]), hours("monday", number, number + 1), QUARTERS)
        for number in range(10)
    ]
    start, end = minute("2026-11-22T00:00Z"), minute("2026-11-25T00:00Z")

    assert found(people, start, end) == runs(presence(people, start, end), start)


@settings(REPEATABLE, max_examples=150)
@given(changing_clocks(), st.integers(0, 4 * DAY), st.integers(1, 4 * DAY))
def test_offsets_are_those_of_a_walk_minute_by_minute(change: tuple[ZoneInfo, int], before: int, length: int) -> None:
    where, about = change
    start = about - before
    utc = zone("UTC")
    walk = [int((shown(at, where) - shown(at, utc)).total_seconds()) for at in range(start, start + length)]
    expected = [
        Offset(start + index, seconds) for index, seconds in enumerate(walk) if index == 0 or seconds != walk[index - 1]
    ]

    assert list(offsets(where, start, start + length)) == expected


def test_the_first_email_is_the_most_significant_bit() -> None:
    people = People(("zoe@example.org", "ann@example.org", "bob@example.org"))

    assert people.bits(["zoe@example.org"]) == 0b100
    assert people.bits(["bob@example.org", "ann@example.org", "bob@example.org"]) == 0b011
    assert people.names(0b110) == ["ann@example.org", "zoe@example.org"]


def test_strangers_are_in_no_set() -> None:
    assert People(("ann@example.org",)).bits(["eve@example.org"]) == 0
    assert People(()).bits(["eve@example.org"]) == 0


@REPEATABLE
@given(st.lists(st.text(max_size=3), unique=True, max_size=70), st.data())
def test_a_set_of_people_comes_back_as_its_sorted_names(emails: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(emails))) if emails else set()
    people = People(tuple(emails))

    assert people.names(people.bits(chosen)) == sorted(chosen)
    assert people.bits(chosen).bit_count() == len(chosen)
