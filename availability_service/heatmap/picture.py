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
WIDTH = 392
# As many days stand side by side as a default window touches; of a longer window, a week at a time.
MOST_DAYS, WEEK = 8, 7
_WIDEST = 88

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


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn. As wide as its legend, however few the days are."""

    width: float
    height: float
    labels: list[Label]
    boxes: list[Box]


def picture(answer: Answer) -> Picture:
    """The picture of what `heatmap.heatmap` answers."""
    days = answer["days"]
    columns = len(days) if len(days) <= MOST_DAYS else WEEK
    width = min(_WIDEST, (WIDTH - LEFT) / columns)
    most = max(hour["available_count"] for day in days for hour in day["hours"])
    labels: list[Label] = []
    boxes: list[Box] = []
    for number, day in enumerate(days):
        line, column = divmod(number, columns)
        x, y = LEFT + column * width, line * LINE
        labels += [*(_times(y) if column == 0 else []), *_names(day, x + width / 2, y)]
        boxes += (
            _box(answer, hour, f"{number}.{place}", most, _area(hour, nth, of, x, y + HEAD, width))
            for place, (hour, nth, of) in enumerate(_slots(day))
        )
    return Picture(WIDTH, -(-len(days) // columns) * LINE, labels, boxes)


def level(count: int, people: int) -> int:
    """How strong the colour is for so many of the people."""
    return -(-count * LEVELS // people)


def _times(y: float) -> Iterator[Label]:
    for hour in range(HOURS):
        yield Label(LEFT - 5, y + HEAD + hour * ROW + 12, f"{hour:02d}:00", is_time=True)


def _names(day: Answer, x: float, y: float) -> Iterator[Label]:
    yield Label(x, y + 14, f"{date.fromisoformat(day['date']):%a}")
    yield Label(x, y + 28, f"{date.fromisoformat(day['date']):%-d %b}")


def _slots(day: Answer) -> Iterator[tuple[Answer, int, int]]:
    """The hours of a day; of those at which a clock shows the same hour twice, also the which of how many."""
    for _, same in groupby(day["hours"], key=lambda hour: hour["start"][:13]):
        hours = list(same)
        for nth, hour in enumerate(hours):
            yield hour, nth, len(hours)


def _area(hour: Answer, nth: int, of: int, x: float, y: float, width: float) -> tuple[float, float, float, float]:
    """Left, top, width and height. A part of an hour is a part of a row; a repeated hour shares its row."""
    start = datetime.fromisoformat(hour["start"])
    minutes = min(hour["minutes"], 60 - start.minute)
    return x + nth * width / of, y + (start.hour + start.minute / 60) * ROW, width / of, minutes / 60 * ROW


def _box(answer: Answer, hour: Answer, place: str, most: int, area: tuple[float, float, float, float]) -> Box:
    free, partly = hour["available_count"], hour["partly_count"]
    return Box(
        *area,
        level=level(free, answer["people_count"]),
        count=f"{free}{'+' if partly else ''}",
        label=_label(answer, hour),
        place=place,
        is_best=0 < free == most,
        is_enough=hour["quorum_minutes"] == hour["minutes"],
        hour=hour,
    )


def _label(answer: Answer, hour: Answer) -> str:
    start, end = (datetime.fromisoformat(hour[side]) for side in ("start", "end"))
    partly = f", {hour['partly_count']} for a part of it" if hour["partly_count"] else ""
    free = f"{hour['available_count']} of {answer['people_count']} free"
    return f"{start:%a %-d %b %H:%M} to {end:%H:%M}: {free}{partly}"
