"""What a VAVAILABILITY with an end says of the dates that it covers, which differ from the week (RFC 7953)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from common.domain import week
from common.domain.window import DAY, FIRST_YEAR, LAST_YEAR
from user_service.ics.components import Component
from user_service.ics.recurrence import NotKeptError, read_days, read_length, read_stretch, read_time
from user_service.overrides.serializers import MAX_OVERRIDES

ENDS = ("DTEND", "DURATION")
_WHOLE_DAY = (1 << week.QUARTERS) - 1
_MOST_ROWS = len(week.DAYS) + 1  # of what lasts a week and begins within a day
_YEARS = f"Dates lie between the years {FIRST_YEAR} and {LAST_YEAR}."
_WHOLE_DATES = "Dates differ from the week as a whole: begin and end at midnight."


class Period(NamedTuple):
    """The dates that a VAVAILABILITY covers, and the zone of a LocalTime."""

    first: date
    days: int
    zone: str | None


@dataclass(frozen=True, slots=True)
class FreeTime:
    """When an AVAILABLE is free: from its first date on, each of the weekdays `days`, 0 to 6; once if there are none.

    `rows` are its quarters on the date on which it begins, and on the dates after that.
    """

    first: date
    days: frozenset[int]
    rows: tuple[int, ...]
    zone: str | None


def has_end(availability: Component) -> bool:
    """Whether a VAVAILABILITY covers some dates rather than every week."""
    return any(name in availability.properties for name in ENDS)


def read_period(availability: Component) -> Period:
    """The dates of a VAVAILABILITY that has an end. Raises NotKeptError."""
    start = read_time(availability, "DTSTART")
    side, length = read_length(availability, start)
    count, rest = divmod(length, DAY)
    if rest or start.shown.time() != start.shown.time().min:
        raise NotKeptError(side if rest else "DTSTART", _WHOLE_DATES)
    if not 0 < count <= MAX_OVERRIDES:
        raise NotKeptError(side, f"The end must be later than the start, by at most {MAX_OVERRIDES} days.")
    first = start.shown.date()
    if not FIRST_YEAR <= first.year <= (first + (count - 1) * DAY).year <= LAST_YEAR:
        raise NotKeptError("DTSTART", _YEARS)
    return Period(first, count, start.zone)


def read_free_time(available: Component) -> FreeTime:
    """When an AVAILABLE within such dates is free. Raises NotKeptError."""
    start, first, quarters = read_stretch(available, "Write each exception as an AVAILABLE of its own.")
    if start.shown.year > LAST_YEAR:
        raise NotKeptError("DTSTART", _YEARS)
    days = read_days(available, start.shown) if "RRULE" in available.properties else set()
    end = first + quarters
    dates = -(-end // week.QUARTERS)
    free = ((1 << quarters) - 1) << dates * week.QUARTERS - end
    rows = tuple(free >> (dates - 1 - number) * week.QUARTERS & _WHOLE_DAY for number in range(dates))
    return FreeTime(start.shown.date(), frozenset(days), rows, start.zone)


def lay_out(period: Period, free_times: Iterable[FreeTime]) -> dict[date, int]:
    """What is free on each date of the period: nothing but these times, as far as they lie on its dates."""
    free = {period.first + number * DAY: 0 for number in range(period.days)}

    def add(begin: date, rows: Iterable[int]) -> None:
        for number, row in enumerate(rows):
            day = begin + number * DAY
            if day in free:
                free[day] |= row

    recurrences: dict[date, list[FreeTime]] = defaultdict(list)
    for each in free_times:
        if each.days:
            recurrences[max(each.first, period.first - _MOST_ROWS * DAY)].append(each)
        else:
            add(each.first, each.rows)
    patterns = [[0] * _MOST_ROWS for _ in week.DAYS]
    # What begins before the period may reach into it.
    for number in range(-_MOST_ROWS, period.days):
        begin = period.first + number * DAY
        for each in recurrences.get(begin, []):
            for day in each.days:
                for place, row in enumerate(each.rows):
                    patterns[day][place] |= row
        add(begin, patterns[begin.weekday()])
    return free
