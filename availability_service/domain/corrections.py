"""What holds in place of the weeks: dates that differ from them, and busy time. Pure.

Free is who is free on that date, or else by the week, less who is busy (contract, section 12). Each of these three sets
is told by toggles: at a minute, those come in or go out whose bits are set.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from common.domain.segments import Segment
from common.domain.utc_offsets import Offset, walk_clock
from common.domain.week import QUARTER_MINUTES, QUARTERS
from common.domain.window import EPOCH

# So many people at a time are put together in small numbers: each step in one for 10,000 would copy a kilobyte.
_GROUP = 2000
_QUARTER_SECONDS = QUARTER_MINUTES * 60
_EPOCH_DAY = EPOCH.toordinal()

Clock = tuple[Offset, ...]


class Correction(NamedTuple):
    """What holds for somebody in place of their week: the quarters free on each date, and busy minutes, in order."""

    clock: Clock
    overrides: Mapping[date, int]
    busy: Sequence[tuple[int, int]]


class Toggles(NamedTuple):
    """Who comes in or goes out at a minute: of those with a date of their own, those free on it, and those busy."""

    dated: int
    free: int
    busy: int


def correct(
    segments: Iterable[Segment], corrections: Sequence[Correction | None], start: int, end: int
) -> list[Segment]:
    """The segments from `start` to `end` with the corrections of each person, the most significant bit first."""
    toggles = _collect(corrections, start, end)
    present_from = {segment.start: segment.present for segment in segments}
    corrected: list[Segment] = []
    base = dated = free = busy = shown = 0
    since = start
    for minute in sorted(present_from.keys() | toggles.keys()):
        base = present_from.get(minute, base)
        if minute in toggles:
            dated, free, busy = (now ^ change for now, change in zip((dated, free, busy), toggles[minute], strict=True))
        present = (base & ~dated | free) & ~busy
        if present != shown and minute > since:
            corrected.append(Segment(since, minute, shown))
            since = minute
        shown = present
    return [*corrected, Segment(since, end, shown)]


def _collect(corrections: Sequence[Correction | None], start: int, end: int) -> dict[int, Toggles]:
    """The toggles of all people by their minute."""
    toggles: dict[int, Toggles] = {}
    for first in range(0, len(corrections), _GROUP):
        group = corrections[first : first + _GROUP]
        below = len(corrections) - first - len(group)
        for minute, (dated, free, busy) in _collect_group(group, start, end).items():
            before = toggles.get(minute, Toggles(0, 0, 0))
            toggles[minute] = Toggles(
                before.dated | dated << below, before.free | free << below, before.busy | busy << below
            )
    return toggles


def _collect_group(group: Sequence[Correction | None], start: int, end: int) -> dict[int, list[int]]:
    toggles: dict[int, list[int]] = {}
    for place, correction in enumerate(group, 1):
        if correction is None:
            continue
        bit = 1 << len(group) - place
        for day, row in correction.overrides.items():
            for kind, minutes in enumerate(_override_toggles(correction.clock, end, day, row)):
                for minute in minutes:
                    toggles.setdefault(minute, [0, 0, 0])[kind] ^= bit
        for begin, until in correction.busy:
            if begin < end and until > start:
                toggles.setdefault(max(begin, start), [0, 0, 0])[2] ^= bit
                if until < end:
                    toggles.setdefault(until, [0, 0, 0])[2] ^= bit
    return toggles


@lru_cache(maxsize=1 << 14)  # many are away on the same days
def _override_toggles(clock: Clock, end: int, day: date, row: int) -> tuple[list[int], list[int]]:
    """The minutes at which a date begins and ends, and those at which the quarters that are free on it do."""
    dated: set[int] = set()
    free: set[int] = set()
    for since, until, quarter in _quarters_by_day(clock, end).get(day.toordinal() - _EPOCH_DAY, ()):
        dated ^= {since, until}
        if row >> QUARTERS - 1 - quarter & 1:
            free ^= {since, until}
    return sorted(dated - {end}), sorted(free - {end})


@lru_cache(maxsize=1 << 7)
def _quarters_by_day(clock: Clock, end: int) -> dict[int, list[tuple[int, int, int]]]:
    """For each date, counted from 1970, when its quarters begin and end, and which of the day they are.

    A clock change may skip some, or repeat them.
    """
    days: dict[int, list[tuple[int, int, int]]] = {}
    for (since, number), (until, _) in pairwise([*walk_clock(clock, end, _QUARTER_SECONDS), (end, 0)]):
        day, quarter = divmod(number, QUARTERS)
        days.setdefault(day, []).append((since, until, quarter))
    return days
