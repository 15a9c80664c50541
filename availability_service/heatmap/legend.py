"""What the colours and marks of a heat map mean. Pure."""

from availability_service.heatmap.picture import LEFT, LEVELS, Answer, level
from availability_service.heatmap.shapes import Element, corner, group, rectangle, text

HEIGHT = 76
_STEP, _SWATCH, _SIGN = 28, 12, 16
_INDENT, _HALFWAY = 24, 180
_NUMBERS, _FIRST, _SECOND = 24, 42, 58  # lines, from the top of the legend


def legend(root: Element, answer: Answer, y: float) -> None:
    """Draws it below `y`."""
    _colours(root, answer["people_count"], y)
    quorum = f"{answer['min_attendees']} of {len(answer['attendees'])} attendees for the whole hour"
    _mark(root, "enough", y + _FIRST, quorum)
    _mark(root, "best", y + _SECOND, "the most who are free")
    text(root, LEFT + _HALFWAY, y + _SECOND, "+ more for a part of the hour", "mark")


def _colours(root: Element, people: int, y: float) -> None:
    text(root, LEFT - 5, y + _SWATCH - 2, "free", "time")
    for number, (strength, words) in enumerate(_steps(people)):
        x = LEFT + number * _STEP
        rectangle(group(root, f"h{strength}"), x, y, _STEP - 1, _SWATCH)
        text(root, x + _STEP / 2, y + _NUMBERS, words)


def _steps(people: int) -> list[tuple[int, str]]:
    """The colours that so many people can have, each with its number of people; of many, the first and the last."""
    if people <= LEVELS:
        return [(level(count, people), str(count)) for count in range(people + 1)]
    ends = {0: "0", 1: "1", LEVELS: str(people)}
    return [(strength, ends.get(strength, "")) for strength in range(LEVELS + 1)]


def _mark(root: Element, kind: str, y: float, words: str) -> None:
    sign = group(root, f"hour {kind}")
    rectangle(sign, LEFT, y - _SWATCH + 2, _SIGN, _SWATCH)
    if kind == "best":
        corner(sign, LEFT + _SIGN, y - _SWATCH + 2)
    text(root, LEFT + _INDENT, y, words, "mark")
