"""Where the hours of a heat map are drawn, and what each of them says. Pure. Lengths are pixels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

LEVELS = 9
HOURS = 24
ROW, LEFT, HEAD, FOOT = 20, 40, 36, 14
LINE = HEAD + HOURS * ROW + FOOT
WIDTH, LEGEND = 392, 76
# As many days stand side by side as a default window touches; of a longer window, a week at a time.
MOST_DAYS, WEEK = 8, 7
_WIDEST = 88
_LOWEST, _LOW, _DIGIT = 7, 14, 7  # heights below which a number is left out or small; the width of a digit
_SWATCH_WIDTH = 28

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the hours. It has its middle at `x` or, for a time of day, its end."""

    x: float
    y: float
    text: str
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """An hour. `level` is 0 when nobody is free and 9 when everybody is, `place` its day and its number in the day."""

    x: float
    y: float
    width: float
    height: float
    level: int
    count: str
    label: str
    place: str
    is_best: bool
    is_enough: bool
    hour: Answer

    @property
    def right(self) -> float:
        """Where it ends."""
        return round(self.x + self.width, 2)

    @property
    def middle(self) -> float:
        """Where its number has its middle."""
        return round(self.x + self.width / 2, 2)

    @property
    def line(self) -> float:
        """The line on which its number is written."""
        return round(self.y + self.height / 2 + (3 if self.is_small else 4.5), 2)

    @property
    def has_number(self) -> bool:
        """Whether there is room for its number."""
        return self.height >= _LOWEST - 1

    @property
    def is_small(self) -> bool:
        """Whether there is room for a small number only."""
        return self.height < _LOW - 1 or len(self.count) * _DIGIT > self.width - 1


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn. As wide as its legend, however few the days are; the legend begins `legend_y` from the top.

    `swatches` are the colours that so many people can have: left, middle, level, and how many people it stands for.
    """

    width: float
    height: float
    legend_y: float
    labels: list[Label]
    boxes: list[Box]
    swatches: list[tuple[float, float, int, str]]

    @property
    def best(self) -> list[Box]:
        """The hours in which the most people are free."""
        return [box for box in self.boxes if box.is_best]


def picture(answer: Answer) -> Picture:
    """The picture of what `represent_heatmap` says."""
    days = answer["days"]
    columns = len(days) if len(days) <= MOST_DAYS else WEEK
    width = min(_WIDEST, (WIDTH - LEFT) / columns)
    most = max(hour["available_count"] for day in days for hour in day["hours"])
    labels: list[Label] = []
    boxes: list[Box] = []
    for number, day in enumerate(days):
        line, column = divmod(number, columns)
        x, y = LEFT + column * width, line * LINE
        if column == 0:
            labels += [
                Label(LEFT - 5, y + HEAD + hour * ROW + 12, f"{hour:02d}:00", is_time=True) for hour in range(HOURS)
            ]
        shown = date.fromisoformat(day["date"])
        middle = round(x + width / 2, 2)
        labels += [Label(middle, y + 14, f"{shown:%a}"), Label(middle, y + 28, f"{shown:%-d %b}")]
        boxes += _draw_day(answer, day, number, most, (x, y + HEAD, width))
    height = -(-len(days) // columns) * LINE
    return Picture(WIDTH, height + LEGEND, height, labels, boxes, _swatches(answer["people_count"]))


def level(count: int, people: int) -> int:
    """How strong the colour is for so many of the people."""
    return -(-count * LEVELS // people)


def _draw_day(answer: Answer, day: Answer, number: int, most: int, column: tuple[float, float, float]) -> Iterator[Box]:
    """The hours of a day in a column of this left, top and width. A part of an hour is a part of a row.

    An hour that the clock shows twice shares its row. On the day of a clock change all times say their offset: there
    else an hour would go from 02:00 to 02:00.
    """
    left, top, width = column
    times = [datetime.fromisoformat(hour[side]) for hour in day["hours"] for side in ("start", "end")]
    clock = "%H:%M" if len({time.utcoffset() for time in times}) == 1 else "%H:%M (%Z)"
    place = 0
    for _, group in groupby(day["hours"], key=lambda hour: hour["start"][:13]):
        hours = list(group)
        for nth, hour in enumerate(hours):
            start, end = (datetime.fromisoformat(hour[side]) for side in ("start", "end"))
            free, partly = hour["available_count"], hour["partly_count"]
            also = f", {partly} for a part of it" if partly else ""
            yield Box(
                x=round(left + nth * width / len(hours), 2),
                y=round(top + (start.hour + start.minute / 60) * ROW, 2),
                width=round(width / len(hours) - 1, 2),
                height=round(max(min(hour["minutes"], 60 - start.minute) / 60 * ROW - 1, 0.5), 2),
                level=level(free, answer["people_count"]),
                count=f"{free}{'+' if partly else ''}",
                label=f"{start:%a %-d %b} {start:{clock}} to {end:{clock}}: "
                f"{free} of {answer['people_count']} free{also}",
                place=f"{number}.{place}",
                is_best=0 < free == most,
                is_enough=hour["quorum_minutes"] == hour["minutes"],
                hour=hour,
            )
            place += 1


def _swatches(people: int) -> list[tuple[float, float, int, str]]:
    """Of many people, only the first, the second and the last colour have a number."""
    if people <= LEVELS:
        steps = [(level(count, people), str(count)) for count in range(people + 1)]
    else:
        steps = [(step, {0: "0", 1: "1", LEVELS: str(people)}.get(step, "")) for step in range(LEVELS + 1)]
    lefts = range(LEFT, LEFT + len(steps) * _SWATCH_WIDTH, _SWATCH_WIDTH)
    return [(left, left + _SWATCH_WIDTH / 2, step, words) for left, (step, words) in zip(lefts, steps, strict=True)]
