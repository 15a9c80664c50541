"""What a group has in common, compared with counting heads minute by minute and with trying every subset."""

from collections.abc import Iterator
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from availability_service.domain import agreement
from availability_service.domain.timeline import Person, Timeline, build_timeline
from common.domain.empty_reasons import NO_AVAILABILITY, NO_OVERLAP, EmptyReason
from common.domain.people import People
from common.domain.segments import Segment
from tests.support.domain import REPEATABLE, Someone, presence, questions, runs

ANN, BOB, CYD = 0b100, 0b010, 0b001
ALL = ANN | BOB | CYD

MORNING = Segment(0, 60, ANN | BOB)
NOON = Segment(60, 120, BOB | CYD)
EVENING = Segment(120, 180, CYD)

PEOPLE = People(("zoe", "yan", "ann", "bob", "cyd"))

Groups = list[frozenset[int]]
History = tuple[Groups, frozenset[int]]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Who of at most five is free, minute by minute, and who of them is required."""
    people = range(draw(st.sampled_from([1, 2, 3, 4, 5, 5])))
    anyone = [frozenset(group) for size in range(len(people) + 1) for group in combinations(people, size)]
    kinds = draw(st.lists(st.sampled_from(anyone), min_size=1, max_size=6))
    groups = draw(st.lists(st.sampled_from(kinds), max_size=8)) + kinds
    return groups, draw(st.sampled_from(anyone[1:])) | draw(st.sampled_from(anyone))


def agree(segments: list[Segment], required: int, quorum: int) -> tuple[list[Segment], EmptyReason | None]:
    common_time = agreement.agree(Timeline(PEOPLE, segments), PEOPLE.names(required), quorum)
    return common_time.segments, common_time.empty_reason


def reason(segments: list[Segment], required: int, quorum: int) -> EmptyReason:
    """Why there is no common time."""
    common, empty_reason = agree(segments, required, quorum)
    assert common == []
    assert empty_reason
    return empty_reason


def bits(group: frozenset[int]) -> int:
    return sum(1 << member for member in group)


def as_segments(groups: Groups) -> list[Segment]:
    starts = [index for index, group in enumerate(groups) if index == 0 or group != groups[index - 1]]
    ends = [*starts[1:], len(groups)]
    return [Segment(start, end, bits(groups[start])) for start, end in zip(starts, ends, strict=True)]


def soonest(groups: Groups, required: frozenset[int], quorum: int) -> int | None:
    """The first minute at which a quorum is free."""
    return next((at for at, group in enumerate(groups) if len(group & required) >= quorum), None)


def disagreements(groups: Groups, required: frozenset[int]) -> Iterator[tuple[int, EmptyReason]]:
    """Every quorum without common time, and what is said about it."""
    for quorum in range(1, len(required) + 1):
        if soonest(groups, required, quorum) is None:
            yield quorum, reason(as_segments(groups), bits(required), quorum)


def test_common_time_is_where_enough_of_the_required_are_free() -> None:
    day = [MORNING, NOON, EVENING]

    assert agree(day, ANN | BOB, 2) == ([MORNING], None)
    assert agree(day, ALL, 2) == ([MORNING, NOON], None)
    assert agree(day, ALL, 1) == (day, None)
    assert reason(day, ALL, 3) == EmptyReason(NO_OVERLAP, CYD)


def test_the_optional_are_shown_but_not_counted() -> None:
    assert agree([MORNING, NOON, EVENING], BOB, 1) == ([MORNING, NOON], None)
    assert reason([MORNING, NOON, EVENING], ANN | CYD, 2).code == NO_OVERLAP


def test_those_who_have_nothing_are_named_and_nobody_else() -> None:
    assert reason([MORNING], ALL, 3) == EmptyReason(NO_AVAILABILITY, CYD)
    assert reason([Segment(0, 60, 0)], ALL, 1) == EmptyReason(NO_AVAILABILITY, ALL)


def test_among_equally_few_blockers_those_are_named_without_whom_the_group_meets_soonest() -> None:
    early, late = Segment(0, 60, ANN), Segment(60, 120, BOB)

    assert reason([early, late], ANN | BOB, 2) == EmptyReason(NO_OVERLAP, BOB)
    assert reason([late, early], ANN | BOB, 2) == EmptyReason(NO_OVERLAP, ANN)


def test_nobody_is_blamed_beyond_what_the_quorum_lacks() -> None:
    alone = [Segment(0, 60, ANN), Segment(60, 120, BOB), Segment(120, 180, CYD)]

    assert reason(alone, ALL, 2).blockers.bit_count() == 1
    assert reason(alone, ALL, 3).blockers == BOB | CYD


def test_an_absent_person_does_not_hide_that_the_others_could_be_a_quorum() -> None:
    apart = [Segment(0, 60, ANN), Segment(60, 120, BOB)]

    assert reason(apart, ALL, 2).code == NO_OVERLAP
    assert reason(apart, ALL, 3) == EmptyReason(NO_AVAILABILITY, CYD)


@settings(REPEATABLE, max_examples=300)
@given(histories())
def test_the_segments_found_are_those_with_a_quorum_for_every_quorum(history: History) -> None:
    groups, required = history
    segments = as_segments(groups)
    for quorum in range(1, len(required) + 1):
        common, empty_reason = agree(segments, bits(required), quorum)

        assert common == [segment for segment in segments if len(groups[segment.start] & required) >= quorum]
        assert (empty_reason is None) == bool(common)


@settings(REPEATABLE, max_examples=300)
@given(histories())
def test_no_availability_is_said_when_too_few_have_anything_and_names_the_others(history: History) -> None:
    groups, required = history
    idle = required.difference(*groups)
    for quorum, empty_reason in disagreements(groups, required):
        too_few = len(required) - len(idle) < quorum

        assert empty_reason.code == (NO_AVAILABILITY if too_few else NO_OVERLAP)
        assert not too_few or empty_reason.blockers == bits(idle) != 0


@settings(REPEATABLE, max_examples=500)
@given(histories())
def test_blockers_of_no_overlap_are_the_fewest_and_leave_the_soonest_time(history: History) -> None:
    groups, required = history
    blocked = [
        (quorum, empty_reason.blockers)
        for quorum, empty_reason in disagreements(groups, required)
        if empty_reason.code == NO_OVERLAP
    ]
    for quorum, blockers in blocked:
        size = blockers.bit_count()
        times = {
            bits(frozenset(without)): soonest(groups, required.difference(without), quorum - fewer)
            for fewer in range(1, size + 1)
            for without in combinations(sorted(required), fewer)
        }

        assert 0 < size < quorum
        assert blockers & bits(required) == blockers
        assert all(time is None for without, time in times.items() if without.bit_count() < size)
        assert times[blockers] == min(time for time in times.values() if time is not None)


@settings(REPEATABLE, max_examples=100)
@given(questions(max_days=4), st.data())
def test_a_whole_question_is_answered_like_a_walk_minute_by_minute(
    question: tuple[list[Someone], int, int], data: st.DataObject
) -> None:
    people, start, end = question
    required = data.draw(st.sets(st.sampled_from([person.email for person in people]), min_size=1))
    timeline = build_timeline([Person(*person) for person in people], start, end)
    names = timeline.people.names
    stretches = runs(presence(people, start, end), start)
    for quorum in range(1, len(required) + 1):
        common = agreement.agree(timeline, required, quorum).segments

        assert [(segment.start, segment.end, frozenset(names(segment.present))) for segment in common] == [
            (since, until, group) for since, until, group in stretches if len(group & required) >= quorum
        ]
