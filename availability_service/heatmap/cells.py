"""What each hour of a heat map says, however it is drawn. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

LEVELS = 9

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour. `level` is 0 when nobody is free and 9 when everybody is; hours of the same `who` have the same people.

    `start` is local time in the asked zone, `hour` what `represent_heatmap` says.
    """

    start: datetime
    level: int
    count: str
    label: str
    who: str
    is_best: bool
    is_enough: bool
    hour: Answer


def build_cells(answer: Answer) -> list[list[Cell]]:
    """The hours of each day of what `represent_heatmap` says.

    On the day of a clock change all times say their offset: there else an hour would go from 02:00 to 02:00.
    """
    people = answer["people_count"]
    most = max(hour["available_count"] for day in answer["days"] for hour in day["hours"])
    groups: dict[Any, str] = {}
    days = []
    for day in answer["days"]:
        sides = [[datetime.fromisoformat(hour[side]) for side in ("start", "end")] for hour in day["hours"]]
        offsets = {time.utcoffset() for times in sides for time in times}
        clock = "%H:%M" if len(offsets) == 1 else "%H:%M (%Z)"
        cells = []
        for (start, end), hour in zip(sides, day["hours"], strict=True):
            free, partly = hour["available_count"], hour["partly_count"]
            also = f", {partly} for a part of it" if partly else ""
            cells.append(
                Cell(
                    start=start.replace(tzinfo=None),
                    level=_level(free, people),
                    count=f"{free}{'+' if partly else ''}",
                    label=f"{start:%a %-d %b} {start:{clock}} to {end:{clock}}: {free} of {people} free{also}",
                    who=groups.setdefault(_who(hour), f"who-{len(groups)}"),
                    is_best=0 < free == most,
                    is_enough=hour["quorum_minutes"] == hour["minutes"],
                    hour=hour,
                )
            )
        days.append(cells)
    return days


def list_levels(people: int) -> list[tuple[int, int, int]]:
    """Each level that so many people can have, with the fewest and the most of them for whom it stands."""
    levels = groupby(range(people + 1), key=lambda count: _level(count, people))
    return [(level, (counts := list(group))[0], counts[-1]) for level, group in levels]


def _level(count: int, people: int) -> int:
    return -(-count * LEVELS // people)


def _who(hour: Answer) -> Any:
    partly = tuple((person["email"], person["minutes"]) for person in hour.get("partly", ()))
    return hour["available_count"], hour["partly_count"], tuple(hour.get("available", ())), partly
