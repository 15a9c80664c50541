"""Which meetings may be suggested, and which of them are, compared with trying every minute."""

from dataclasses import replace
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.segments import Segment
from common.domain.timezones import zone
from common.domain.window import Window
from suggestion_service.selection import Criteria, Preference, choose, find_candidates, find_longest
from tests.support import domain
from tests.support.domain import REPEATABLE, changing_clocks, minute, shown

ANN, BOB, CYD = 0b100, 0b010, 0b001
ALL = ANN | BOB | CYD
STEPS = [5, 10, 15, 20, 30, 45, 60]
ALIGNMENTS = [5, 10, 15, 30, 60]
HALF_HOURS = ["Australia/Lord_Howe"]  # the zone whose clocks change by so much each half year
EVER = Window(0, 10_000, zone("UTC"))
PREFERENCES: list[Preference] = ["first", "last", "best", "random"]

MORNING = Segment(540, 660, ANN | BOB)
EVENING = Segment(1080, 1140, ALL)

Situation = tuple[list[Segment], int, int]


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Intervals, most of them touching, each with a quorum; who is required; how many make the quorum."""
    required = draw(st.integers(1, 0b1111))
    quorum = draw(st.sampled_from(range(1, required.bit_count() + 1)))
    enough = [group for group in range(16) if (group & required).bit_count() >= quorum]
    intervals = []
    at = draw(st.integers(0, 100))
    for _ in range(draw(st.sampled_from(range(9)))):
        at += draw(st.sampled_from([0, 0, 0, 1, 30]))
        length = draw(st.one_of(st.integers(1, 50), st.sampled_from([5, 15, 30, 60])))
        intervals.append(Segment(at, at + length, draw(st.sampled_from(enough))))
        at += length
    return intervals, required, quorum


@st.composite
def criteria(draw: st.DrawFn) -> Criteria:
    """Lengths, steps and alignments, of which there is none in every third."""
    return Criteria(
        duration=draw(st.one_of(st.integers(1, 40), st.sampled_from([60, 90, 120]))),
        step=draw(st.sampled_from(STEPS)),
        align=draw(st.one_of(st.none(), st.sampled_from(ALIGNMENTS), st.sampled_from(ALIGNMENTS))),
    )


@st.composite
def meetings(draw: st.DrawFn) -> list[Segment]:
    """Candidates as they come: soonest first, no two with the same start."""
    starts = sorted(draw(st.sets(st.integers(0, 200), max_size=12)))
    return [Segment(start, start + 60, draw(st.integers(0, 7))) for start in starts]


def candidates(
    segments: list[Segment], *, required: int, quorum: int, window: Window = EVER, **wanted: Any
) -> list[Segment]:
    return list(find_candidates(segments, Criteria(**wanted), window, required=required, quorum=quorum))


def longest(segments: list[Segment], *, required: int, quorum: int, window: Window = EVER, **wanted: Any) -> int:
    return find_longest(segments, Criteria(**wanted), window, required=required, quorum=quorum)


def by_minute(intervals: list[Segment]) -> dict[int, int]:
    return {at: interval.present for interval in intervals for at in range(interval.start, interval.end)}


def test_meetings_are_found_step_by_step_and_the_first_is_chosen() -> None:
    found = candidates([MORNING, EVENING], required=ANN | BOB, quorum=2, duration=60, step=30)

    assert found == [
        Segment(540, 600, ANN | BOB),
        Segment(570, 630, ANN | BOB),
        Segment(600, 660, ANN | BOB),
        Segment(1080, 1140, ALL),
    ]
    assert choose(found, Criteria(prefer="first", limit=1, seed=0)) == [Segment(540, 600, ANN | BOB)]
    assert choose(found, Criteria(prefer="last", limit=1, seed=0)) == [Segment(1080, 1140, ALL)]
    assert choose(found, Criteria(prefer="best", limit=2, seed=0)) == [
        Segment(1080, 1140, ALL),
        Segment(540, 600, ANN | BOB),
    ]


def test_a_meeting_runs_on_through_touching_intervals_with_those_who_stay() -> None:
    touching = [Segment(0, 30, ANN | BOB), Segment(30, 60, ALL), Segment(60, 90, BOB | CYD)]

    assert candidates(touching, required=ALL, quorum=2, duration=60, step=60) == [
        Segment(0, 60, ANN | BOB),
        Segment(30, 90, BOB | CYD),
    ]
    assert candidates(touching, required=ALL, quorum=1, duration=90, step=60) == [Segment(0, 90, BOB)]
    assert candidates(touching, required=ALL, quorum=2, duration=90, step=60) == []


def test_a_meeting_does_not_reach_over_a_gap_of_a_minute() -> None:
    apart = [Segment(0, 30, ANN), Segment(31, 60, ANN)]

    assert candidates(apart, required=ANN, quorum=1, duration=31, step=5) == []
    assert longest(apart, required=ANN, quorum=1) == 30


def test_the_optional_come_along_but_do_not_make_a_quorum() -> None:
    intervals = [Segment(0, 30, ANN | CYD), Segment(30, 60, BOB | CYD)]

    assert candidates(intervals, required=ANN | BOB, quorum=1, duration=60, step=60) == []
    assert candidates(intervals, required=ANN | BOB, quorum=1, duration=30, step=60) == [
        Segment(0, 30, ANN | CYD),
        Segment(30, 60, BOB | CYD),
    ]


def names(present: int) -> frozenset[str]:
    return frozenset(name for bit, name in enumerate("abcd") if present >> bit & 1)


@settings(REPEATABLE, max_examples=600)
@given(
    situations(),
    criteria(),
    st.one_of(st.just(EVER.end), st.integers(1, 400)),
    st.one_of(changing_clocks(), changing_clocks(HALF_HOURS)),
    st.sampled_from(range(300)),
)
def test_candidates_are_those_found_by_trying_every_start(
    situation: Situation, wanted: Criteria, before: int, clock: tuple[ZoneInfo, int], until_change: int
) -> None:
    intervals, required, quorum = situation
    where, change = clock
    origin = change - until_change
    segments = [Segment(start + origin, end + origin, present) for start, end, present in intervals]
    present = by_minute(intervals)
    free = [names(present.get(at, 0)) for at in range(max(present, default=0) + 1)]

    found = find_candidates(segments, wanted, Window(origin, origin + before, where), required=required, quorum=quorum)

    assert [(one.start - origin, one.end - origin, names(one.present)) for one in found] == domain.meetings(
        free,
        names(required),
        quorum,
        wanted.duration,
        wanted.step,
        before,
        align=wanted.align or 1,
        shows=[shown(origin + at, where).minute for at in range(len(free))],
    )


@pytest.mark.parametrize(
    ("where", "start", "hours", "step", "align", "expected"),
    [
        ("Europe/Berlin", "2026-11-23T10:50+01:00", 2, 60, None, "10:50 11:50"),
        ("Europe/Berlin", "2026-11-23T10:50+01:00", 2, 60, 15, "11:00 12:00"),
        ("Europe/Berlin", "2026-11-23T10:50+01:00", 2, 30, 10, "10:50 11:20 11:50 12:20"),
        ("Asia/Kathmandu", "2026-11-23T10:50+05:45", 2, 60, 60, "11:00 12:00"),
        # Of a step that is no multiple, what falls on none is left out.
        ("UTC", "2026-11-23T10:50Z", 4, 20, 15, "11:00 12:00 13:00 14:00"),
        ("UTC", "2026-11-23T10:50Z", 4, 45, 60, "11:00 14:00"),
        # The clock goes from 2:00 to 2:30, or back from 2:00 to 1:30.
        ("Australia/Lord_Howe", "2026-10-04T00:10+10:30", 4, 60, 60, "01:00 03:00 04:00"),
        ("Australia/Lord_Howe", "2026-10-04T00:10+10:30", 4, 60, 30, "00:30 01:30 03:00 04:00"),
        ("Australia/Lord_Howe", "2026-04-05T00:10+11:00", 4, 60, 60, "01:00 02:00 03:00"),
        # It goes from 2:00 to 3:00, which puts no count out.
        ("Europe/Berlin", "2026-03-29T00:10+01:00", 4, 60, 15, "00:15 01:15 03:15 04:15"),
        # It shows half a minute more, which counts for nothing.
        ("Africa/Monrovia", "1971-11-23T10:50Z", 2, 60, 15, "10:15 11:15"),
    ],
)
def test_a_start_is_aligned_by_the_clock(
    where: str, start: str, hours: int, step: int, align: int | None, expected: str
) -> None:
    window = Window(minute(start), minute(start) + hours * 60, zone(where))
    free = [Segment(window.start, window.end, ANN)]

    found = candidates(free, required=ANN, quorum=1, window=window, duration=30, step=step, align=align)

    assert [f"{shown(meeting.start, window.zone):%H:%M}" for meeting in found] == expected.split()


def test_who_comes_at_any_minute_is_waited_for_until_the_next_aligned_one() -> None:
    comings = [Segment(540, 567, ANN), Segment(567, 700, ALL)]

    assert candidates(comings, required=ANN, quorum=1, duration=60, step=60, align=15) == [
        Segment(540, 600, ANN),
        Segment(570, 630, ALL),
        Segment(600, 660, ALL),
        Segment(630, 690, ALL),
    ]


def test_the_longest_begins_where_a_start_may_fall() -> None:
    assert longest([Segment(550, 660, ANN)], required=ANN, quorum=1, align=60) == 60
    assert longest([Segment(550, 660, ANN)], required=ANN, quorum=1, align=30) == 90
    assert longest([Segment(550, 660, ANN)], required=ANN, quorum=1, align=10) == 110
    assert longest([Segment(550, 555, ANN)], required=ANN, quorum=1, align=60) == 0
    assert longest([Segment(550, 660, ANN)], required=ANN, quorum=1, align=60, window=replace(EVER, end=600)) == 0


@settings(REPEATABLE, max_examples=300)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 0b1111)), max_size=9),
    st.integers(1, 2),
    st.booleans(),
    st.integers(1, 90),
    st.sampled_from(STEPS),
    st.sampled_from([None, *ALIGNMENTS]),
)
def test_nobody_who_joins_takes_a_start_away(
    runs: list[tuple[int, int]], quorum: int, optional: bool, duration: int, step: int, align: int | None
) -> None:
    ends = list(accumulate(length for length, _ in runs))
    timeline = [Segment(end - length, end, present) for end, (length, present) in zip(ends, runs, strict=True)]

    def starts(group: int, required: int) -> set[int]:
        segments = [
            Segment(start, end, present & group)
            for start, end, present in timeline
            if (present & required).bit_count() >= quorum
        ]
        found = candidates(segments, required=required, quorum=quorum, duration=duration, step=step, align=align)
        return {meeting.start for meeting in found}

    few, many = 0b0011, 0b1111

    assert starts(few, few) <= starts(many, few if optional else many)


@settings(REPEATABLE, max_examples=300)
@given(situations())
def test_the_longest_stretch_is_the_one_found_by_trying_every_minute(situation: Situation) -> None:
    intervals, required, quorum = situation
    present = by_minute(intervals)
    expected = 0
    for start in present:
        staying, end = ~0, start
        while (staying & present.get(end, 0) & required).bit_count() >= quorum:
            staying &= present[end]
            end += 1
        expected = max(expected, end - start)

    assert longest(intervals, required=required, quorum=quorum) == expected


@settings(REPEATABLE, max_examples=300)
@given(situations(), st.sampled_from(STEPS), st.sampled_from([None, *ALIGNMENTS]))
def test_something_fits_exactly_up_to_the_longest_stretch(situation: Situation, step: int, align: int | None) -> None:
    intervals, required, quorum = situation
    most = longest(intervals, required=required, quorum=quorum, align=align)

    def fits(duration: int) -> bool:
        return any(candidates(intervals, required=required, quorum=quorum, duration=duration, step=step, align=align))

    assert not most or fits(most)
    assert most or not intervals or align
    assert not fits(most + 1)


def test_nothing_comes_of_nothing() -> None:
    assert candidates([], required=ANN, quorum=1, duration=60, step=60) == []
    assert longest([], required=ANN, quorum=1) == 0


@pytest.mark.parametrize("prefer", PREFERENCES)
def test_no_meetings_leave_no_choice(prefer: Preference) -> None:
    assert choose([], Criteria(prefer=prefer, limit=3, seed=7)) == []


@REPEATABLE
@given(meetings(), st.sampled_from(PREFERENCES), st.integers(1, 50), st.integers(0, 2**64))
def test_as_many_as_wanted_are_chosen_from_the_candidates_and_no_two_the_same(
    found: list[Segment], prefer: Preference, limit: int, seed: int
) -> None:
    chosen = choose(found, Criteria(prefer=prefer, limit=limit, seed=seed))

    assert len(chosen) == min(limit, len(found))
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(found)


@REPEATABLE
@given(meetings(), st.integers(1, 14))
def test_first_and_last_begin_at_either_end(found: list[Segment], limit: int) -> None:
    starts = sorted(meeting.start for meeting in found)

    assert [meeting.start for meeting in choose(found, Criteria(prefer="first", limit=limit, seed=0))] == starts[:limit]
    assert [meeting.start for meeting in choose(found, Criteria(prefer="last", limit=limit, seed=0))] == [
        *reversed(starts)
    ][:limit]


@settings(REPEATABLE, max_examples=200)
@given(meetings(), st.integers(1, 14))
def test_best_is_most_people_then_soonest(found: list[Segment], limit: int) -> None:
    ranked = [
        meeting for count in range(3, -1, -1) for meeting in sorted(found) if meeting.present.bit_count() == count
    ]

    assert choose(found, Criteria(prefer="best", limit=limit, seed=0)) == ranked[:limit]


@REPEATABLE
@given(meetings(), st.integers(1, 14), st.integers(0, 2**64))
def test_the_same_seed_draws_the_same_meetings(found: list[Segment], limit: int, seed: int) -> None:
    assert choose(found, Criteria(prefer="random", limit=limit, seed=seed)) == choose(
        found, Criteria(prefer="random", limit=limit, seed=seed)
    )


def test_random_draws_every_meeting_about_as_often() -> None:
    found = [Segment(start, start + 60, ANN) for start in range(0, 300, 60)]

    drawn = [choose(found, Criteria(prefer="random", limit=1, seed=seed))[0] for seed in range(1000)]

    assert all(150 < drawn.count(meeting) < 250 for meeting in found)


@pytest.mark.parametrize("prefer", PREFERENCES)
def test_choosing_leaves_the_candidates_as_they_were(prefer: Preference) -> None:
    found = [Segment(start, start + 60, start % 8) for start in range(0, 300, 60)]
    before = list(found)

    choose(found, Criteria(prefer=prefer, limit=2, seed=1))

    assert found == before
