"""A week as people read it on a terminal: a row for each day, a cell for each hour."""

from collections.abc import Iterator

from rich.text import Text

from common.domain import week

STEP = 3  # hours from one number above the drawing to the next
LABEL = max(map(len, week.DAYS)) + 1
FREE, PARTLY, BUSY = ("##", "bold green"), (" +", "green"), (" .", "bright_black")


def lines(free: int) -> Iterator[Text]:
    """The hours, then the days. An hour that is free in part is a +. Without its colours, the drawing says the same."""
    cell = len(FREE[0])
    heads = "".join(f"{hour:02d}".ljust(cell * STEP) for hour in range(0, week.HOURS, STEP))
    yield Text(" " * LABEL + heads.rstrip())
    for day, quarters in zip(week.DAYS, week.to_days(free), strict=True):
        cells = [_cell(quarters >> shift & 0b1111) for shift in range(week.QUARTERS - 4, -1, -4)]
        yield Text.assemble(day.title().ljust(LABEL), *cells)


def _cell(hour: int) -> tuple[str, str]:
    return FREE if hour == 0b1111 else PARTLY if hour else BUSY
