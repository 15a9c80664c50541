"""A week as people read it on a terminal: a row for each day, a cell for each hour."""

from collections.abc import Iterator

from rich.text import Text

from common.domain import week

STEP = 3  # hours from one number above the drawing to the next
LABEL = max(map(len, week.DAYS)) + 1
FREE, BUSY = ("##", "bold green"), (" .", "bright_black")


def lines(free: int) -> Iterator[Text]:
    """The hours, then the days. Without its colours, the drawing says the same."""
    cell = len(FREE[0])
    hours = "".join(f"{hour:02d}".ljust(cell * STEP) for hour in range(0, week.HOURS, STEP))
    yield Text(" " * LABEL + hours.rstrip())
    for day, row in zip(week.DAYS, week.to_grid(free), strict=True):
        yield Text.assemble(day.title().ljust(LABEL), *(FREE if slot else BUSY for slot in row))
