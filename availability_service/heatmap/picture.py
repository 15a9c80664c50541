"""Where the hours of a heat map are drawn in a picture of its own. Pure. Lengths are pixels."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from availability_service.heatmap.cells import Answer, Cell, build_cells, list_levels
from availability_service.heatmap.weeks import HOURS, split_into_weeks
from common.domain.calendars import explain_calendars

ROW, LEFT, HEAD, FOOT = 20, 40, 36, 14
LINE = HEAD + HOURS * ROW + FOOT
WIDTH, LEGEND, NOTE = 392, 76, 16
_WIDEST = 88
_LOWEST, _LOW, _DIGIT = 7, 14, 7  # heights below which a number is left out or small; the width of a digit
_SWATCH_WIDTH = 28


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the hours. It has its middle at `x` or, for a time of day, its end."""

    x: float
    y: float
    text: str
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """An hour, and where it is."""

    x: float
    y: float
    width: float
    height: float
    cell: Cell

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
        return self.height < _LOW - 1 or len(self.cell.count) * _DIGIT > self.width - 1


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn. As wide as its legend, however few the days are; the legend begins `legend_y` from the top.

    `swatches` are the colours that so many people can have: left, middle, level, and how many people it stands for.
    `calendar_notes` are sentences on calendars that leave something open.
    """

    width: float
    height: float
    legend_y: float
    labels: list[Label]
    boxes: list[Box]
    swatches: list[tuple[float, float, int, str]]
    calendar_notes: list[str]

    @property
    def best(self) -> list[Cell]:
        """The hours in which the most people are free."""
        return [box.cell for box in self.boxes if box.cell.is_best]


def draw_picture(answer: Answer) -> Picture:
    """The picture of what `represent_heatmap` says."""
    weeks = split_into_weeks(build_cells(answer))
    width = min(_WIDEST, (WIDTH - LEFT) / len(weeks[0]))
    labels: list[Label] = []
    boxes: list[Box] = []
    for line, days in enumerate(weeks):
        y = line * LINE
        labels += [Label(LEFT - 5, y + HEAD + hour * ROW + 12, f"{hour:02d}:00", is_time=True) for hour in range(HOURS)]
        for column, cells in enumerate(days):
            x = LEFT + column * width
            middle, day = round(x + width / 2, 2), cells[0].start
            labels += [Label(middle, y + 14, f"{day:%a}"), Label(middle, y + 28, f"{day:%-d %b}")]
            boxes += _draw_day(cells, x, y + HEAD, width)
    height = len(weeks) * LINE
    calendar_notes = explain_calendars(answer)
    legend = LEGEND + NOTE * bool(calendar_notes)
    return Picture(WIDTH, height + legend, height, labels, boxes, _swatches(answer["people_count"]), calendar_notes)


def _draw_day(cells: list[Cell], left: float, top: float, width: float) -> Iterator[Box]:
    """The hours of a day in a column. A part of an hour is a part of a row; one that comes twice shares its row."""
    for _, group in groupby(cells, key=lambda cell: cell.start.hour):
        same = list(group)
        for nth, cell in enumerate(same):
            minute = cell.start.minute
            yield Box(
                x=round(left + nth * width / len(same), 2),
                y=round(top + (cell.start.hour + minute / 60) * ROW, 2),
                width=round(width / len(same) - 1, 2),
                height=round(max(min(cell.hour["minutes"], 60 - minute) / 60 * ROW - 1, 0.5), 2),
                cell=cell,
            )


def _swatches(people: int) -> list[tuple[float, float, int, str]]:
    """Of a colour that stands for several numbers of people only the first and the last of all numbers are written."""
    swatches: list[tuple[float, float, int, str]] = []
    for nth, (level, fewest, most) in enumerate(list_levels(people)):
        left = LEFT + nth * _SWATCH_WIDTH
        words = str(most) if most in (fewest, people) else str(fewest) if fewest == 1 else ""
        swatches.append((left, left + _SWATCH_WIDTH / 2, level, words))
    return swatches
