"""Users as lines of CSV, one a line, below a line that names the columns."""

import csv
import re
from collections.abc import Callable
from typing import Any

from rest_framework.exceptions import ParseError, ValidationError

COLUMNS = ("email", "name", "timezone", "week", "intervals", "created_at", "updated_at")
REQUIRED_COLUMNS = {"email", "name"}
INTERVALS_EXAMPLE = "monday 09:00-12:00; tuesday 14:00-18:00"

_INTERVAL = re.compile(r"\s*(\w+)\s+([\d:]+)\s*-\s*([\d:]+)\s*")


class HeaderError(ValueError):
    """A first line that does not name the columns."""


def parser(header: bytes) -> Callable[[bytes], dict[str, Any]]:
    """What makes of a line below this header the body that would say the same. Raises HeaderError."""
    try:
        columns = _cells(header)
    except ParseError as bad:
        raise HeaderError(str(bad.detail)) from None
    if not REQUIRED_COLUMNS <= set(columns) <= set(COLUMNS) or len(set(columns)) < len(columns):
        known = ", ".join(COLUMNS)
        raise HeaderError(f"The first line names the columns, each once, email and name among them, out of: {known}.")

    def parse(line: bytes) -> dict[str, Any]:
        cells = _cells(line)
        if len(cells) != len(columns):
            raise ParseError(f"There are {len(cells)} cells below {len(columns)} columns.")
        given = {column: cell for column, cell in zip(columns, cells, strict=True) if cell}
        intervals = given.pop("intervals", None)
        return given if intervals is None else given | {"availability": {"intervals": _intervals(intervals)}}

    return parse


def _cells(line: bytes) -> list[str]:
    """The cells of one line. A quoted cell does not reach over its end: no email or name may hold a line break."""
    try:
        (cells,) = csv.reader([line.decode()], strict=True)
    except (ValueError, csv.Error) as bad:
        raise ParseError(f"This is not CSV: {bad}.") from None
    return [cell.strip() for cell in cells]


def _intervals(text: str) -> list[dict[str, str]]:
    found = [_INTERVAL.fullmatch(one) for one in text.split(";") if one.strip()]
    if None in found:
        raise ValidationError({"intervals": [f"Write intervals as in: {INTERVALS_EXAMPLE}"]})
    return [{"day": one[1].lower(), "start": one[2], "end": one[3]} for one in found if one]
