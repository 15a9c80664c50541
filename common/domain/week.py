"""The week grid: 168 one-hour slots, Monday 00:00 first, held as one integer of 168 bits.

The first slot is the most significant bit, so the 168 binary digits read as the grid is written. A 1 means
"free for this whole hour, every week, by the clock on my wall" (contract, section 3).
"""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = 24
SLOTS = len(DAYS) * HOURS
BYTES = SLOTS // 8
NEVER = 0
ALWAYS = (1 << SLOTS) - 1

_TO_DIGITS = bytes.maketrans(b"\x00\x01", b"01")
_FROM_DIGITS = bytes.maketrans(b"01", b"\x00\x01")
_HEX_WEEK = re.compile(rf"[0-9a-f]{{{BYTES * 2}}}")

Grid = list[list[int]]


class DayInterval(NamedTuple):
    """Free from hour `start` to hour `end` (0 to 24, exclusive) of weekday `day` (0 is Monday)."""

    day: int
    start: int
    end: int


def grid_faults(rows: object) -> list[tuple[str, str]]:
    """All that keeps `rows` from being a grid, as (place, message) pairs; the place is like `[2][5]`."""
    if not isinstance(rows, list) or len(rows) != len(DAYS):
        return [("", f"A grid is {len(DAYS)} rows, Monday first, of {HOURS} hours each.")]
    return [fault for day, row in enumerate(rows) for fault in _row_faults(day, row)]


def _row_faults(day: int, row: object) -> Iterable[tuple[str, str]]:
    if not isinstance(row, list) or len(row) != HOURS:
        yield f"[{day}]", f"A row holds {HOURS} hours, each 0 or 1."
        return
    for hour, slot in enumerate(row):
        if type(slot) is not int or slot not in (0, 1):
            yield f"[{day}][{hour}]", "A slot is 0 or 1."


def is_grid(rows: object) -> bool:
    """Whether `rows` is 7 lists of 24 integers 0 or 1. Quicker than listing the faults."""
    return (
        isinstance(rows, list)
        and len(rows) == len(DAYS)
        and all(isinstance(row, list) and row.count(0) + row.count(1) == HOURS == len(row) for row in rows)
        and {type(slot) for row in rows for slot in row} == {int}
    )


def from_grid(rows: Sequence[Sequence[int]]) -> int:
    """The week of a valid 7 by 24 grid."""
    return int(b"".join(bytes(row) for row in rows).translate(_TO_DIGITS), 2)


def to_grid(week: int) -> Grid:
    """The week as 7 rows of 24 integers 0 or 1."""
    slots = list(digits(week).encode().translate(_FROM_DIGITS))
    return [slots[first : first + HOURS] for first in range(0, SLOTS, HOURS)]


def from_intervals(intervals: Iterable[DayInterval]) -> int:
    """The week in which the hours of all intervals, overlapping or not, are free."""
    week = NEVER
    for day, start, end in intervals:
        hours = (1 << (end - start)) - 1
        week |= hours << (SLOTS - day * HOURS - end)
    return week


def to_intervals(week: int) -> list[DayInterval]:
    """The free hours of each day as the fewest intervals, in order. None reaches over midnight."""
    intervals = []
    for day, row in enumerate(to_grid(week)):
        for free, run in groupby(range(HOURS), key=row.__getitem__):
            hours = list(run)
            if free:
                intervals.append(DayInterval(day, hours[0], hours[-1] + 1))
    return intervals


def digits(week: int) -> str:
    """168 characters 0 or 1, one a slot."""
    return format(week, f"0{SLOTS}b")


def to_hex(week: int) -> str:
    """The week as 42 hexadecimal digits, as services exchange it."""
    return format(week, f"0{BYTES * 2}x")


def from_hex(text: str) -> int:
    """The week of 42 lower-case hexadecimal digits. Raises ValueError for anything else."""
    if not _HEX_WEEK.fullmatch(text):
        raise ValueError(f"a week is {BYTES * 2} hexadecimal digits")
    return int(text, 16)
