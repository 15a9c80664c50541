"""Picks meetings out of the times at which a group can meet. Pure."""

import random
from collections.abc import Iterator, Sequence
from typing import Literal

from common.domain.segments import Segment

Preference = Literal["first", "last", "random", "best"]


def candidates(
    intervals: Sequence[Segment], *, required: int, quorum: int, duration: int, step: int
) -> Iterator[Segment]:
    """Every meeting of `duration` that may be suggested, soonest first.

    Starts are counted from each interval's start in steps (contract, section 6). A meeting may run on through
    intervals that touch, with those who are there from its beginning to its end, while they make a quorum.
    """
    for index, interval in enumerate(intervals):
        for start in range(interval.start, interval.end, step):
            present = _present(intervals, index, start + duration)
            if (present & required).bit_count() >= quorum:
                yield Segment(start, start + duration, present)


def _present(intervals: Sequence[Segment], index: int, until: int) -> int:
    """Who is there from somewhere in the interval at `index` without a break until the minute `until`."""
    present = intervals[index].present
    reached = intervals[index].end
    while reached < until:
        index += 1
        if index == len(intervals) or intervals[index].start != reached:
            return 0
        present &= intervals[index].present
        reached = intervals[index].end
    return present


def choose(meetings: Sequence[Segment], prefer: Preference, limit: int, seed: int) -> list[Segment]:
    """At most `limit` of the candidates, in the order of preference. The same arguments give the same answer.

    `best` is most people, then soonest. `random` draws without repeating, by the seed.
    """
    if prefer == "first":
        return list(meetings[:limit])
    if prefer == "last":
        return list(meetings[: -limit - 1 : -1])
    if prefer == "best":
        return sorted(meetings, key=lambda meeting: (-meeting.present.bit_count(), meeting.start))[:limit]
    return random.Random(seed).sample(meetings, min(limit, len(meetings)))  # noqa: S311


def longest(intervals: Sequence[Segment], *, required: int, quorum: int) -> int:
    """The minutes of the longest stretch throughout which one and the same quorum is there."""
    return max((_run(intervals, index, required, quorum) for index in range(len(intervals))), default=0)


def _run(intervals: Sequence[Segment], index: int, required: int, quorum: int) -> int:
    start, reached, present = intervals[index]
    for following in intervals[index + 1 :]:
        present &= following.present
        if following.start != reached or (present & required).bit_count() < quorum:
            break
        reached = following.end
    return reached - start
