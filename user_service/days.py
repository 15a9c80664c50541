"""What holds for a user on each of some dates: the week or a date in its place, less busy time (contract, section 12).

Pure. Minutes are those since 1970, in UTC.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby, pairwise
from typing import NamedTuple

from common.domain import timezones, week
from common.domain.utc_offsets import offsets, walk_clock
from common.domain.window import DAY, EPOCH, first_minute
from user_service.busy_time import Intervals, cut, merge, unpack
from user_service.models import User

_QUARTER_SECONDS = week.QUARTER_MINUTES * 60


class Stretch(NamedTuple):
    """The minutes from `start` to `end` (exclusive), in which the clock is in a quarter of the day, 0 to 95.

    `is_free` says whether they are free by the week or the date, busy or not.
    """

    start: int
    end: int
    quarter: int
    is_free: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the user's clock, which skips stretches of it or repeats them where it changes.

    `is_override` says whether the date differs from the week, `busy` when calendars are in the way on it.
    """

    date: date
    is_override: bool
    busy: Intervals
    stretches: list[Stretch]

    @property
    def free(self) -> Intervals:
        """When the user is free on it."""
        return subtract(_merge_all(each for each in self.stretches if each.is_free), self.busy)


def list_days(user: User, first: date, count: int) -> list[Day]:
    """So many dates from the first on."""
    zone = timezones.zone(user.timezone)
    stretches: dict[date, list[Stretch]] = {first + number * DAY: [] for number in range(count)}
    # A day more on either side: a clock that goes back at midnight comes to the same date again.
    start, end = (first_minute(datetime.combine(first + number * DAY, time()), zone) for number in (-1, count + 1))
    rows = week.to_days(user.week)
    clock = offsets(zone, start, end)
    for (since, number), (until, _) in pairwise([*walk_clock(clock, end, _QUARTER_SECONDS), (end, 0)]):
        number_of_day, quarter = divmod(number, week.QUARTERS)
        day = (EPOCH + number_of_day * DAY).date()
        row = user.overrides.get(day, rows[day.weekday()])
        if day in stretches:
            stretches[day].append(Stretch(since, until, quarter, bool(row >> week.QUARTERS - 1 - quarter & 1)))
    busy = cut(unpack(user.busy), start, end)
    return [
        Day(day, day in user.overrides, subtract(busy, subtract([(start, end)], _merge_all(parts))), parts)
        for day, parts in stretches.items()
    ]


def group_dates(dates: Iterable[date]) -> list[list[date]]:
    """The dates in order, and those together that follow each other."""
    numbered = enumerate(sorted(dates))
    runs = groupby(numbered, key=lambda pair: pair[1].toordinal() - pair[0])
    return [[day for _, day in run] for _, run in runs]


def _merge_all(stretches: Iterable[Stretch]) -> Intervals:
    return merge((stretch.start, stretch.end) for stretch in stretches)


def subtract(intervals: Sequence[tuple[int, int]], busy: Sequence[tuple[int, int]]) -> Intervals:
    """What is left of intervals without those that are busy, which are in order."""
    left = []
    for start, end in intervals:
        begin = start
        for since, until in busy:
            if since < end and until > begin:
                if begin < since:
                    left.append((begin, since))
                begin = until
        if begin < end:
            left.append((begin, end))
    return tuple(left)
