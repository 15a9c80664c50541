"""A week as boxes to tick in a form: 24 hours down, seven days across."""

from typing import NamedTuple

from common.domain import week

_LABELS = [f"{hour:02d}:00" for hour in range(week.HOURS + 1)]


class Slot(NamedTuple):
    """A box. `place` is day and hour, such as `0.9` for Monday at nine."""

    place: str
    day: str
    label: str
    free: bool


class Hour(NamedTuple):
    """A row of boxes."""

    label: str
    slots: list[Slot]


def hours(rows: object) -> list[Hour]:
    """The boxes of a grid, row by row; none is ticked if it is not a grid."""
    free = week.from_grid(rows) if isinstance(rows, list) and week.is_grid(rows) else week.NEVER
    grid = week.to_grid(free)
    return [Hour(_LABELS[hour], [_slot(grid, day, hour) for day in range(len(grid))]) for hour in range(week.HOURS)]


def _slot(grid: week.Grid, day: int, hour: int) -> Slot:
    name = week.DAYS[day].capitalize()
    return Slot(f"{day}.{hour}", name[:3], f"{name} {_LABELS[hour]} to {_LABELS[hour + 1]}", bool(grid[day][hour]))


def grid(places: list[str]) -> week.Grid:
    """The grid in which the boxes at these places are ticked. A place that is none is passed over."""
    ticked = set(places)
    return [[int(f"{day}.{hour}" in ticked) for hour in range(week.HOURS)] for day in range(len(week.DAYS))]
