"""How many are free in each hour, compared with counting heads minute by minute."""

from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from availability_service.domain.hourly import HourSegment, split_into_hours
from availability_service.domain.timeline import Person, build_timeline
from common.domain.segments import Segment
from common.domain.timezones import zone
from common.domain.window import Window
from tests.support.domain import DAY, REPEATABLE, ZONES, Someone, changing_clocks, minute, presence, questions, shown

ANN, BOB = 0b10, 0b01
NOON = minute("2026-11-23T12:00Z")


def window(name: str, start: str, end: str) -> Window:
    return Window(minute(start), minute(end), zone(name))


def hours_of(where: Window) -> list[HourSegment]:
    return split_into_hours([Segment(where.start, where.end, 0)], where, 0, 1)


def test_an_hour_says_who_is_free_throughout_who_partly_and_how_long_enough_are_there_at_once() -> None:
    segments = [
        Segment(NOON, NOON + 15, ANN),
        Segment(NOON + 15, NOON + 60, ANN | BOB),
        Segment(NOON + 60, NOON + 120, 0),
    ]
    first, second = split_into_hours(segments, window("UTC", "2026-11-23T12:00Z", "2026-11-23T14:00Z"), ANN | BOB, 2)

    assert (first.start, first.end, first.throughout, first.partly) == (NOON, NOON + 60, ANN, BOB)
    assert (first.minutes_of(ANN), first.minutes_of(BOB), first.quorum_minutes) == (60, 45, 45)
    assert (second.throughout, second.partly, second.quorum_minutes) == (0, 0, 0)


def test_hours_are_those_of_the_asked_zone_and_are_cut_by_the_window() -> None:
    found = hours_of(window("Asia/Kathmandu", "2026-11-23T08:00Z", "2026-11-23T10:00Z"))

    assert [cell.end - cell.start for cell in found] == [15, 60, 45]


def test_a_day_of_a_clock_change_has_23_or_25_hours() -> None:
    spring = window("Europe/Berlin", "2026-03-28T23:00Z", "2026-03-29T22:00Z")
    autumn = window("Europe/Berlin", "2026-10-24T22:00Z", "2026-10-25T23:00Z")

    assert len(hours_of(spring)) == 23
    assert len(hours_of(autumn)) == 25


def test_a_change_of_half_an_hour_leaves_a_half_hour_of_its_own() -> None:
    autumn = hours_of(window("Australia/Lord_Howe", "2026-04-04T13:00Z", "2026-04-05T13:30Z"))

    assert sorted(cell.end - cell.start for cell in autumn) == [30] + [60] * 24


@settings(REPEATABLE, max_examples=120)
@given(questions(max_days=5), st.sampled_from(ZONES), st.data())
def test_each_cell_is_what_a_walk_minute_by_minute_counts(
    question: tuple[list[Someone], int, int], name: str, data: st.DataObject
) -> None:
    people, start, end = question
    emails = [person.email for person in people]
    required = frozenset(data.draw(st.sets(st.sampled_from(emails), min_size=1)))
    quorum = data.draw(st.integers(1, len(required)))
    order, segments = build_timeline([Person(*person) for person in people], start, end)
    free = presence(people, start, end)

    found = split_into_hours(segments, Window(start, end, zone(name)), order.bits(required), quorum)

    assert [cell.start for cell in found] == [start, *(cell.end for cell in found[:-1])]
    assert found[-1].end == end
    for cell in found:
        minutes = free[cell.start - start : cell.end - start]
        counts = {email: sum(email in group for group in minutes) for email in emails}
        assert order.names(cell.throughout) == sorted(e for e in emails if counts[e] == len(minutes))
        assert order.names(cell.partly) == sorted(e for e in emails if 0 < counts[e] < len(minutes))
        assert all(cell.minutes_of(order.bits([email])) == counts[email] for email in emails)
        assert cell.quorum_minutes == sum(len(group & required) >= quorum for group in minutes)


@settings(REPEATABLE, max_examples=200)
@given(changing_clocks(), st.integers(1, 3 * DAY), st.integers(0, 3 * DAY))
def test_a_cell_ends_where_the_clock_in_the_zone_comes_to_another_hour(
    change: tuple[ZoneInfo, int], before: int, after: int
) -> None:
    where, at = change
    start, end = at - before, at + after + 1

    found = hours_of(Window(start, end, where))

    walk = [shown(each, where).replace(minute=0) for each in range(start, end)]
    jumps = {start + i for i, (one, two) in enumerate(pairwise(walk), 1) if one != two}
    borders = {cell.start for cell in found} - {start}
    assert jumps <= borders
    assert all(border in jumps or shown(border, where) < shown(border - 1, where) for border in borders)
    assert len(list(groupby(found, key=lambda cell: cell.start))) == len(found)
