"""Picks meetings out of the times at which a group can meet. Pure."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush, heapreplace
from typing import Any, Literal, Self

from common.domain.segments import Segment
from common.domain.utc_offsets import offsets
from common.domain.window import Window

Preference = Literal["first", "last", "random", "best"]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What meetings are wanted. `duration` and `step`, between the starts that are tried, are minutes.

    A meeting begins within the window; with `may_run_over` it may end after it. With `align`, a divisor of 60, it
    begins where the clock in the window's zone shows a multiple of so many minutes.
    """

    duration: int = 60
    step: int = 60
    prefer: Preference = "first"
    limit: int = 1
    seed: int = 0
    may_run_over: bool = False
    align: int | None = None

    @classmethod
    def from_validated(cls, values: dict[str, Any]) -> Self:
        """The criteria of the validated values of a SuggestionQuestionSerializer."""
        names = ("duration", "step", "prefer", "limit", "seed")
        chosen = {name: values[name] for name in names}
        return cls(**chosen, may_run_over="end" not in values, align=values.get("align"))


def find_candidates(
    segments: Sequence[Segment], criteria: Criteria, window: Window, *, required: int, quorum: int
) -> Iterator[Segment]:
    """Every meeting that may be suggested and begins within the window, soonest first.

    In each of the segments, none of which begins before the window, there is a quorum. A meeting may run on through
    segments that touch, with those who are there from its beginning to its end, while they make a quorum.
    """
    for index, start in _starts(segments, criteria, window):
        if start >= window.end:
            return
        present = _present(segments, index, start + criteria.duration)
        if (present & required).bit_count() >= quorum:
            yield Segment(start, start + criteria.duration, present)


def _starts(segments: Sequence[Segment], criteria: Criteria, window: Window) -> Iterator[tuple[int, int]]:
    """The starts that are tried (contract, section 6), in order, each with the index of its segment.

    They are counted in steps from the first of segments that touch, and again from each at which somebody comes.
    With `align`, a count begins at the first aligned minute from there on, and of its steps those that are no multiple
    of `align` are left out. Where a clock change puts it out, it goes on from the next aligned minute.
    """
    step = math.lcm(criteria.step, criteria.align or 1)
    align = _aligner(criteria, window)
    reached, previous = -1, 0
    upcoming: list[int] = []  # a heap of the next start of each count
    for index, (begin, end, present) in enumerate(segments):
        if begin != reached:
            upcoming.clear()
            previous = 0
        if present & ~previous:
            heappush(upcoming, align(begin))
        while upcoming and (start := upcoming[0]) < end:
            yield index, start
            heapreplace(upcoming, align(start + step))
            while upcoming[0] == start:  # counts that meet are one from then on
                heappop(upcoming)
        reached, previous = end, present


def _aligner(criteria: Criteria, window: Window) -> Callable[[int], int]:
    """Finds the first minute, at or after another of the window, at which a meeting may start by the clock."""
    if criteria.align is None:
        return lambda minute: minute
    clock = offsets(window.zone, window.start, window.end)
    ends = [*(offset.since for offset in clock[1:]), math.inf]
    spells = [(offset.since, end, offset.seconds // 60) for offset, end in zip(clock, ends, strict=True)]
    return partial(_align, criteria.align, spells)


def _align(divisor: int, spells: Sequence[tuple[int, float, int]], minute: int) -> int:
    """The first minute, this or later, at which the clock shows a multiple.

    In each of the spells, from a minute to another, the clock is so many minutes ahead of UTC. The last has no end.
    """
    aligned = minute
    for begin, end, ahead in spells:
        first = max(minute, begin)
        aligned = first + -(first + ahead) % divisor
        if aligned < end:
            break
    return aligned


def _present(segments: Sequence[Segment], index: int, until: int) -> int:
    """Who is there from somewhere in the segment at `index` without a break until the minute `until`."""
    present = segments[index].present
    reached = segments[index].end
    while reached < until:
        index += 1
        if index == len(segments) or segments[index].start != reached:
            return 0
        present &= segments[index].present
        reached = segments[index].end
    return present


def choose(meetings: Sequence[Segment], criteria: Criteria) -> list[Segment]:
    """At most `limit` of the candidates, in the order of preference. The same arguments give the same answer.

    `best` is most people, then soonest. `random` draws without repeating, by the seed.
    """
    match criteria.prefer:
        case "first":
            preferred = list(meetings)
        case "last":
            preferred = list(reversed(meetings))
        case "best":
            preferred = sorted(meetings, key=lambda meeting: (-meeting.present.bit_count(), meeting.start))
        case "random":
            size = min(criteria.limit, len(meetings))
            preferred = random.Random(criteria.seed).sample(meetings, size)  # noqa: S311
    return preferred[: criteria.limit]


def find_longest(segments: Sequence[Segment], criteria: Criteria, window: Window, *, required: int, quorum: int) -> int:
    """The minutes of the longest meeting that begins within the window, where a start may lie, and keeps its quorum.

    Without `align` that is the longest stretch that keeps one and the same quorum throughout. 0 if there is no start.
    """
    align = _aligner(criteria, window)
    return max(
        (
            _run(segments, index, required, quorum) - (start - segment.start)
            for index, segment in enumerate(segments)
            if (start := align(segment.start)) < min(segment.end, window.end)
        ),
        default=0,
    )


def _run(segments: Sequence[Segment], index: int, required: int, quorum: int) -> int:
    start, reached, present = segments[index]
    for following in segments[index + 1 :]:
        present &= following.present
        if following.start != reached or (present & required).bit_count() < quorum:
            break
        reached = following.end
    return reached - start
