"""How far the local time of a zone is from UTC, over a stretch of real time. Pure.

Times are whole minutes of UTC since 1970.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from common.domain.window import DAY, EPOCH, MINUTE

_DAY_MINUTES = DAY // MINUTE


class Offset(NamedTuple):
    """From the minute `since`, local time is UTC plus `seconds`, until the next of these."""

    since: int
    seconds: int


@lru_cache(maxsize=1 << 10)
def offsets(zone: ZoneInfo, start: int, end: int) -> tuple[Offset, ...]:
    """The offsets of a zone over a window, the first since `start`."""
    return tuple(_offsets(zone, start, end))


def _offsets(zone: ZoneInfo, start: int, end: int) -> Iterator[Offset]:
    """Finds them.

    Looks at each day and narrows a change down to its minute; no zone has changed there and back within a day
    since 1970 (the tests ask the time zone database).
    """
    seconds = _offset(zone, start)
    yield Offset(start, seconds)
    for before, after in pairwise([*range(start, end - 1, _DAY_MINUTES), end - 1]):
        if (then := _offset(zone, after)) != seconds:
            minutes = range(before, after)
            yield Offset(before + bisect_left(minutes, True, key=partial(_is_offset, zone, then)), then)
            seconds = then


def walk_clock(clock: Sequence[Offset], end: int, seconds: int) -> Iterator[tuple[int, int]]:
    """Each minute at which a clock comes to another stretch of so many seconds, and which one since 1970 that is.

    A change of the clock is told as well: it may skip some, or repeat them.
    """
    ends = [offset.since for offset in clock[1:]] + [end]
    for (since, ahead), until in zip(clock, ends, strict=True):
        first = (since * 60 + ahead) // seconds
        yield since, first
        last = (until * 60 + ahead - 1) // seconds
        for number in range(first + 1, last + 1):
            minute = -((ahead - number * seconds) // 60)
            if minute < until:
                yield minute, number


def _offset(zone: ZoneInfo, minute: int) -> int:
    offset = (EPOCH + minute * MINUTE).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _is_offset(zone: ZoneInfo, seconds: int, minute: int) -> bool:
    return _offset(zone, minute) == seconds
