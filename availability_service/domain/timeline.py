"""Who of a group is free when: weeks in any number of time zones, laid over one window of real time.

Pure: values in, values out; no clock, no HTTP, no framework. Times are whole minutes of UTC since 1970. An hour
of a week, or a quarter of one, exists whenever the clock in its zone shows it: a clock change may skip it, halve it or
repeat it (contract, section 9).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from availability_service.domain.corrections import Correction, correct
from common.domain.people import People
from common.domain.segments import Segment
from common.domain.utc_offsets import Offset, offsets, walk_clock
from common.domain.week import DAYS, SLOTS, digits

WEEK_SECONDS = 7 * 24 * 3600
_EPOCH_DAY = DAYS.index("thursday")
NO_OVERRIDES: Mapping[date, int] = MappingProxyType({})


class Person(NamedTuple):
    """Somebody's email, and the week by the clock of a zone in which they are free, as a bit for each of its slots.

    In place of the week hold, on some dates, the quarters that are free then; less busy stretches of minutes, in order.
    """

    email: str
    zone: ZoneInfo
    week: int
    slots: int = SLOTS
    overrides: Mapping[date, int] = NO_OVERRIDES
    busy: Sequence[tuple[int, int]] = ()


class Timeline(NamedTuple):
    """Who of `people` is free when: the fewest segments, in order and without gaps; some may be of nobody."""

    people: People
    segments: list[Segment]


def build_timeline(people: Sequence[Person], start: int, end: int) -> Timeline:
    """The timeline of these people from the minute `start` to the minute `end`, exclusive.

    Zones whose clocks run alike throughout the window are taken as one, so what this costs depends on how many
    different clocks there are, not on how many people; and weeks of hours apart from those of quarters.
    """
    clocks: dict[tuple[tuple[Offset, ...], int], list[Person]] = {}
    runs = {zone: offsets(zone, start, end) for zone in {person.zone for person in people}}
    for person in people:
        clocks.setdefault((runs[person.zone], person.slots), []).append(person)
    order = People(tuple(person.email for members in clocks.values() for person in members))
    changes: list[tuple[int, int, int]] = []
    below = len(people)
    for number, ((clock, slots), members) in enumerate(clocks.items()):
        below -= len(members)
        free = _columns([member.week for member in members], slots, below)
        changes += [(minute, number, free[slot]) for minute, slot in slot_changes(clock, end, slots)]
    # One clock's changes are in order already.
    segments = list(_segments(sorted(changes) if len(clocks) > 1 else changes, len(clocks), end))
    if any(person.overrides or person.busy for person in people):
        ordered = [person for members in clocks.values() for person in members]
        corrections = [
            Correction(runs[person.zone], person.overrides, person.busy) if person.overrides or person.busy else None
            for person in ordered
        ]
        segments = correct(segments, corrections, start, end)
    return Timeline(order, segments)


def _columns(weeks: list[int], slots: int, shift: int) -> list[int]:
    """For each slot, the set of those who are free in it: a transposition, done by slicing text at C speed."""
    rows = "".join(digits(week, slots) for week in weeks)
    return [int(rows[slot::slots], 2) << shift for slot in range(slots)]


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
def slot_changes(clock: tuple[Offset, ...], end: int, slots: int = SLOTS) -> tuple[tuple[int, int], ...]:
    """Each minute of the window at which a clock comes to another of so many slots of the week, with that slot."""
    of_epoch = _EPOCH_DAY * slots // len(DAYS)
    return tuple((minute, (slot + of_epoch) % slots) for minute, slot in walk_clock(clock, end, WEEK_SECONDS // slots))
