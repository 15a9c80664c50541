"""How many of a group are free in each hour of a window: the numbers behind When2Meet's picture. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from availability_service.domain.timeline import slot_changes
from common.domain.segments import Segment
from common.domain.utc_offsets import offsets
from common.domain.window import Window


@dataclass(frozen=True, slots=True)
class HourSegment:
    """An hour by the clock of the asked zone, cut by the window's ends and by clock changes.

    `throughout` and `partly` are the sets of those who are free for all and for only some of it;
    `quorum_minutes` says for how long enough of the required people are free at once.
    """

    start: int
    end: int
    segments: tuple[Segment, ...]
    throughout: int
    partly: int
    quorum_minutes: int

    def minutes_of(self, person: int) -> int:
        """For how many minutes of the hour a person, given as a set of one, is free."""
        return sum(segment.end - segment.start for segment in self.segments if segment.present & person)


def split_into_hours(segments: Sequence[Segment], window: Window, required: int, quorum: int) -> list[HourSegment]:
    """The hours of the window, in order and without gaps. `segments` are those of its timeline."""
    starts = [minute for minute, _ in slot_changes(offsets(window.zone, window.start, window.end), window.end)]
    return [_hour(inside, required, quorum) for inside in _cut(segments, [*starts, window.end])]


def _cut(segments: Sequence[Segment], borders: Sequence[int]) -> Iterator[tuple[Segment, ...]]:
    """The segments between each border and the next, cut at the borders."""
    waiting = iter(segments)
    segment = next(waiting)
    for start, end in pairwise(borders):
        inside = []
        while segment.end < end:
            inside.append(Segment(max(start, segment.start), segment.end, segment.present))
            segment = next(waiting)
        inside.append(Segment(max(start, segment.start), end, segment.present))
        if segment.end == end:
            segment = next(waiting, segment)
        yield tuple(inside)


def _hour(inside: tuple[Segment, ...], required: int, quorum: int) -> HourSegment:
    throughout, ever, together = ~0, 0, 0
    for segment in inside:
        throughout &= segment.present
        ever |= segment.present
        if (segment.present & required).bit_count() >= quorum:
            together += segment.end - segment.start
    return HourSegment(inside[0].start, inside[-1].end, inside, throughout, ever & ~throughout, together)
