"""A week, and some dates, as people read them on a terminal: a row for each day, a cell for each hour."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from common.domain import week
from user_service.days import Day, subtract

STEP = 3  # hours from one number above the drawing to the next
LABEL = max(map(len, week.DAYS)) + 1
FREE, PARTLY, BUSY = ("##", "bold green"), (" +", "green"), (" x", "yellow")
NOT_FREE, SKIPPED = (" .", "bright_black"), ("  ", "")


def lines(free: int) -> Iterator[Text]:
    """The hours, then the days. An hour that is free in part is a +. Without its colours, the drawing says the same."""
    yield _head()
    for day, quarters in zip(week.DAYS, week.to_days(free), strict=True):
        cells = [_cell(quarters >> shift & 0b1111) for shift in range(week.QUARTERS - 4, -1, -4)]
        yield Text.assemble(day.title().ljust(LABEL), *cells)


def date_lines(days: Sequence[Day]) -> Iterator[Text]:
    """The hours, then the dates. An hour that would be free but for busy time is an x, and one of no clock is empty."""
    yield _head()
    for day in days:
        cells = [_date_cell(day, hour) for hour in range(week.HOURS)]
        is_away = not any(stretch.is_free for stretch in day.stretches)
        note = "" if not day.is_override else " away" if is_away else " differs from the week"
        yield Text.assemble(f"{day.date:%a %e %b}".ljust(LABEL), *cells, note)


def _head() -> Text:
    cell = len(FREE[0])
    heads = "".join(f"{hour:02d}".ljust(cell * STEP) for hour in range(0, week.HOURS, STEP))
    return Text(" " * LABEL + heads.rstrip())


def _cell(hour: int) -> tuple[str, str]:
    return FREE if hour == 0b1111 else PARTLY if hour else NOT_FREE


def _date_cell(day: Day, hour: int) -> tuple[str, str]:
    stretches = [stretch for stretch in day.stretches if stretch.quarter // 4 == hour]
    if not stretches:
        return SKIPPED
    open_time = [(stretch.start, stretch.end) for stretch in stretches if stretch.is_free]
    free = subtract(open_time, day.busy)
    if free == tuple((stretch.start, stretch.end) for stretch in stretches):
        return FREE
    return PARTLY if free else BUSY if open_time else NOT_FREE
