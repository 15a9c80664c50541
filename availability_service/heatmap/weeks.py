"""How the days of a heat map stand side by side: as columns, a week at a time where they are many. Pure."""

from dataclasses import dataclass
from datetime import datetime

from availability_service.heatmap.cells import Cell

HOURS = 24
# As many days stand side by side as a default window touches; of a longer window, a week at a time.
MOST_DAYS, WEEK = 8, 7

Days = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Row:
    """What the days of a table have at this hour of the clock.

    That is one hour, none where a clock change skips it or it lies outside of the window, or two where it comes twice.
    """

    hour: str
    days: Days


@dataclass(frozen=True, slots=True)
class Table:
    """Days side by side, each from its midnight, and the hours of the clock that any of them has."""

    dates: list[datetime]
    rows: list[Row]


def split_into_weeks(days: Days) -> list[Days]:
    """The days that stand side by side."""
    columns = len(days) if len(days) <= MOST_DAYS else WEEK
    return [days[at : at + columns] for at in range(0, len(days), columns)]


def tabulate(days: Days) -> Table:
    """The table of days that stand side by side."""
    hours = sorted({cell.start.hour for cells in days for cell in cells})
    rows = [
        Row(f"{hour:02}:00", [[cell for cell in cells if cell.start.hour == hour] for cells in days]) for hour in hours
    ]
    return Table([cells[0].start for cells in days], rows)
