"""Who of a group is free when: weeks in any number of time zones, laid over one window of real time.

Pure: values in, values out; no clock, no HTTP, no framework. Times are whole minutes of UTC since 1970. An hour
of a week grid exists whenever the clock in its zone shows it: a clock change may skip it, halve it or repeat it
(contract, section 9).
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from common.domain.people import People
from common.domain.segments import Segment
from common.domain.utc_offsets import Offset, offsets
from common.domain.week import DAYS, HOURS, SLOTS, digits

HOUR_SECONDS = 3600
_EPOCH_SLOT = DAYS.index("thursday") * HOURS


class Person(NamedTuple):
    """Somebody's email, and the week by the clock of a zone in which they are free."""

    email: str
    zone: ZoneInfo
    week: int


class Timeline(NamedTuple):
    """Who of `people` is free when: the fewest segments, in order and without gaps; some may be of nobody."""

    people: People
    segments: list[Segment]


def build_timeline(people: Sequence[Person], start: int, end: int) -> Timeline:
    """The timeline of these people from the minute `start` to the minute `end`, exclusive.

    Zones whose clocks run alike throughout the window are taken as one, so what this costs depends on how many
    different clocks there are, not on how many people.
    """
    clocks: dict[tuple[Offset, ...], list[Person]] = {}
    runs = {zone: offsets(zone, start, end) for zone in {person.zone for person in people}}
    for person in people:
        clocks.setdefault(runs[person.zone], []).append(person)
    order = People(tuple(person.email for members in clocks.values() for person in members))
    changes: list[tuple[int, int, int]] = []
    below = len(people)
    for number, (clock, members) in enumerate(clocks.items()):
        below -= len(members)
        free = _columns([member.week for member in members], below)
        changes += [(minute, number, free[slot]) for minute, slot in hours(clock, end)]
    # One clock's changes are in order already.
    return Timeline(order, list(_segments(sorted(changes) if len(clocks) > 1 else changes, len(clocks), end)))


def _columns(weeks: list[int], shift: int) -> list[int]:
    """For each slot, the set of those who are free in it: a transposition, done by slicing text at C speed."""
    rows = "".join(map(digits, weeks))
    return [int(rows[slot::SLOTS], 2) << shift for slot in range(SLOTS)]


def _segments(changes: Iterable[tuple[int, int, int]], clocks: int, end: int) -> Iterator[Segment]:
    current = [0] * clocks
    since, shown, present = end, 0, 0
    for minute, simultaneous in groupby(changes, key=itemgetter(0)):
        for _, number, free in simultaneous:
            present ^= current[number] ^ free
            current[number] = free
        if present != shown or since == end:
            if since != end:
                yield Segment(since, minute, shown)
            since, shown = minute, present
    yield Segment(since, end, shown)


@lru_cache(maxsize=1 << 7)
def hours(clock: tuple[Offset, ...], end: int) -> tuple[tuple[int, int], ...]:
    """Each minute of the window at which a clock comes to another slot of the week, with that slot."""
    return tuple(_hours(clock, end))


def _hours(clock: tuple[Offset, ...], end: int) -> Iterator[tuple[int, int]]:
    ends = [offset.since for offset in clock[1:]] + [end]
    for (since, seconds), until in zip(clock, ends, strict=True):
        first = (since * 60 + seconds) // HOUR_SECONDS
        yield since, (first + _EPOCH_SLOT) % SLOTS
        last = (until * 60 + seconds - 1) // HOUR_SECONDS
        for hour in range(first + 1, last + 1):
            minute = -((seconds - hour * HOUR_SECONDS) // 60)
            if minute < until:
                yield minute, (hour + _EPOCH_SLOT) % SLOTS
