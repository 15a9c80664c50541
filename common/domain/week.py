"""The week: 672 quarters of an hour, Monday 00:00 first, held as one integer of 672 bits.

The first quarter is the most significant bit. A 1 means "free for this quarter, every week, by the clock on my wall".
A grid shows the week as 168 slots of an hour, each 1 where the whole hour is free (contract, sections 3 and 4).
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = 24
QUARTER_MINUTES = 15
QUARTERS = HOURS * 60 // QUARTER_MINUTES  # of a day
SLOTS = len(DAYS) * HOURS
QUARTERS_OF_WEEK = len(DAYS) * QUARTERS
NEVER = 0

_WHOLE_DAY = (1 << QUARTERS) - 1
_QUARTERS_OF = {0: "0000", 1: "1111"}
_WIDEN = str.maketrans({"0": "0000", "1": "1111"})
_FROM_DIGITS = bytes.maketrans(b"01", b"\x00\x01")
# A digit holds four slots: a week of whole hours takes 42, one of quarters 168.
_HEX_WEEK = re.compile(rf"[0-9a-f]{{{SLOTS // 4}}}|[0-9a-f]{{{QUARTERS_OF_WEEK // 4}}}")
_HEX_DAY = re.compile(r"[0-9a-f]{6}|[0-9a-f]{24}")
_DIGITS_OF_WEEK = re.compile(rf"[01]{{{SLOTS}}}|[01]{{{QUARTERS_OF_WEEK}}}")
_RUN = re.compile("1+")

Grid = list[list[int]]


class DayInterval(NamedTuple):
    """Free from quarter `start` to quarter `end` (0 to 96, exclusive) of weekday `day` (0 is Monday)."""

    day: int
    start: int
    end: int


def grid_faults(rows: object) -> list[tuple[str, str]]:
    """All that keeps `rows` from being a grid, as (place, message) pairs; the place is like `[2][5]`."""
    if not isinstance(rows, list) or len(rows) != len(DAYS):
        return [("", f"A grid is {len(DAYS)} rows, Monday first, of {HOURS} hours each.")]
    return [(f"[{day}]{place}", message) for day, row in enumerate(rows) for place, message in row_faults(row)]


def row_faults(row: object) -> Iterable[tuple[str, str]]:
    """All that keeps `row` from being the hours of a day, as (place, message) pairs; the place is like `[5]`."""
    if not isinstance(row, list) or len(row) != HOURS:
        yield "", f"A row holds {HOURS} hours, each 0 or 1."
        return
    for hour, slot in enumerate(row):
        if type(slot) is not int or slot not in (0, 1):
            yield f"[{hour}]", "A slot is 0 or 1."


def from_grid(rows: Iterable[Sequence[int]]) -> int:
    """The week of a valid 7 by 24 grid; of one row of it, the quarters of that day."""
    return int("".join(_QUARTERS_OF[slot] for row in rows for slot in row), 2)


def to_grid(week: int) -> Grid:
    """The week as 7 rows of 24 integers: 1 for an hour that is free as a whole."""
    slots = list(_whole_hours(week, QUARTERS_OF_WEEK).encode().translate(_FROM_DIGITS))
    return [slots[first : first + HOURS] for first in range(0, SLOTS, HOURS)]


def to_row(day: int) -> list[int]:
    """The quarters of a day as a row of 24 integers: 1 for an hour that is free as a whole."""
    return list(_whole_hours(day, QUARTERS).encode().translate(_FROM_DIGITS))


def from_intervals(intervals: Iterable[DayInterval]) -> int:
    """The week in which the quarters of all intervals, overlapping or not, are free."""
    week = NEVER
    for day, start, end in intervals:
        quarters = (1 << (end - start)) - 1
        week |= quarters << (QUARTERS_OF_WEEK - day * QUARTERS - end)
    return week


def to_intervals(week: int) -> list[DayInterval]:
    """What is free of each day as the fewest intervals, in order. None reaches over midnight."""
    return [DayInterval(day, *run) for day, quarters in enumerate(to_days(week)) for run in to_runs(quarters)]


def to_days(week: int) -> list[int]:
    """The quarters of each day, as integers of 96 bits."""
    return [week >> (QUARTERS * (len(DAYS) - 1 - day)) & _WHOLE_DAY for day in range(len(DAYS))]


def from_hours(hours: Iterable[tuple[int, int, int]]) -> int:
    """The week of triples of a day, an hour, and the four quarters of it."""
    week = NEVER
    for day, hour, quarters in hours:
        week |= quarters << _shift(day, hour)
    return week


def quarters_of(week: int, day: int, hour: int) -> int:
    """The four quarters of an hour."""
    return week >> _shift(day, hour) & 0b1111


def _shift(day: int, hour: int) -> int:
    return QUARTERS_OF_WEEK - day * QUARTERS - 4 * (hour + 1)


def to_runs(day: int) -> list[tuple[int, int]]:
    """What is free of a day as the fewest pairs of a quarter (0 to 95) and the one that is free no more."""
    return [run.span() for run in _RUN.finditer(format(day, f"0{QUARTERS}b"))]


def format_time(quarter: int) -> str:
    """What a clock shows at the begin of a quarter of a day: 24:00 ends it."""
    return f"{quarter // 4:02d}:{quarter % 4 * QUARTER_MINUTES:02d}"


def digits(week: int, slots: int = QUARTERS_OF_WEEK) -> str:
    """A character 0 or 1 for each slot."""
    return format(week, f"0{slots}b")


def to_hex(week: int) -> str:
    """The week as services exchange it: 42 hexadecimal digits where hours are whole, else 168 of quarters."""
    hours = _whole_hours(week, QUARTERS_OF_WEEK)
    if int(hours.translate(_WIDEN), 2) == week:
        return format(int(hours, 2), f"0{SLOTS // 4}x")
    return format(week, f"0{QUARTERS_OF_WEEK // 4}x")


def day_to_hex(day: int) -> str:
    """The quarters of a day: 6 hexadecimal digits where hours are whole, else 24."""
    hours = _whole_hours(day, QUARTERS)
    return format(int(hours, 2), "06x") if int(hours.translate(_WIDEN), 2) == day else format(day, "024x")


def day_from_hex(text: str) -> int:
    """The quarters of a day of 6 or 24 lower-case hexadecimal digits. Raises ValueError for anything else."""
    if not _HEX_DAY.fullmatch(text):
        raise ValueError("a day is 6 or 24 hexadecimal digits")
    return int(text, 16) if len(text) == 24 else int(format(int(text, 16), "024b").translate(_WIDEN), 2)


def from_digits(text: str) -> int:
    """The week of 168 digits 0 or 1, one an hour, or 672, one a quarter. Raises ValueError for anything else."""
    if not _DIGITS_OF_WEEK.fullmatch(text):
        raise ValueError(f"a week is {SLOTS} or {QUARTERS_OF_WEEK} digits 0 or 1")
    return int(text.translate(_WIDEN) if len(text) == SLOTS else text, 2)


def from_hex(text: str) -> int:
    """The week of 42 or 168 lower-case hexadecimal digits. Raises ValueError for anything else."""
    bits, slots = read_hex(text)
    return bits if slots == QUARTERS_OF_WEEK else from_digits(digits(bits, slots))


def read_hex(text: str) -> tuple[int, int]:
    """The slots of a week as `to_hex` writes it, and how many they are: 168 or 672. Raises ValueError."""
    if not _HEX_WEEK.fullmatch(text):
        raise ValueError(f"a week is {SLOTS // 4} or {QUARTERS_OF_WEEK // 4} hexadecimal digits")
    return int(text, 16), 4 * len(text)


def _whole_hours(bits: int, quarters: int) -> str:
    """A digit for each hour: whether all its four quarters are free."""
    return digits(bits & bits >> 1 & bits >> 2 & bits >> 3, quarters)[3::4]
