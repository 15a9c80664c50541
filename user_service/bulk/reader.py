"""Reads files of users: lines of JSON, or CSV (RFC 4180) below a line that names the columns."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO, Any, NamedTuple, TypeVar

from rest_framework.exceptions import APIException, ParseError, ValidationError

from common.api.exception_handler import list_errors
from common.api.parsers import MAX_BODY_BYTES, JSONParser
from common.api.serializers import validate
from user_service.bulk.serializers import LineSerializer

_IN_JSON_ALONE = {"sharing", "overrides", "calendars"}  # no cell can hold them
COLUMNS = tuple(
    "intervals" if name == "availability" else name
    for name in LineSerializer().get_fields()
    if name not in _IN_JSON_ALONE
)
REQUIRED_COLUMNS = ("email", "name")
INTERVALS_EXAMPLE = "monday 09:00-12:00; tuesday 14:00-18:00"

_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")  # byte order marks, as surrogateescape reads them
_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r"sep=([,;|\t])\s*", re.IGNORECASE)  # as Excel reads and writes it
_INTERVAL = re.compile(r"\s*(\w+)\s+([\d:]+)\s*-\s*([\d:]+)\s*")

T = TypeVar("T")


class FileError(ValueError):
    """A file of which no record can be read."""


class Record(NamedTuple):
    """What the record that begins on this line says of a user, validated; or its faults, and nothing."""

    line: int
    values: dict[str, Any]
    faults: list[dict[str, str]]


def decode_file(file: IO[bytes]) -> io.TextIOWrapper:
    """The file as `read` takes it. What is no UTF-8 is the fault of its record alone, and told there."""
    return io.TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="")


def read(file: io.TextIOWrapper) -> Iterator[Record]:
    """The records of a file, which is CSV unless it begins with a brace. Memory is bounded. Raises FileError."""
    lines = _read_lines(file)
    number, first = next(((number, line) for number, line in enumerate(lines, 1) if line.strip()), (0, ""))
    if "\0" in first or first.startswith(_UTF_16):
        raise FileError("The file is in UTF-16. Save it as UTF-8.")
    if not first or first.lstrip().startswith("{"):
        return _read_json(chain([first], lines), number)
    return _read_csv(first, lines, number)


def _read_lines(file: io.TextIOWrapper) -> Iterator[str]:
    """The lines, however they end. Of one that is too long only the beginning, which is too long, too."""
    while line := file.readline(MAX_BODY_BYTES + 1):
        rest = line
        while len(rest) > MAX_BODY_BYTES and not rest.endswith(("\n", "\r")):
            rest = file.readline(MAX_BODY_BYTES + 1)
        yield line


def _read_json(lines: Iterator[str], number: int) -> Iterator[Record]:
    for line, text in enumerate(lines, number):
        if text.strip():
            yield _validate(line, _parse_json, text.strip())


def _read_csv(header: str, lines: Iterator[str], number: int) -> Iterator[Record]:
    """The records below a header, which is on the line of this number."""
    separator = max(_SEPARATORS, key=header.count)
    if match := _SEPARATOR_LINE.fullmatch(header):
        separator, header, number = match[1], next(lines, ""), number + 1
    rows = csv.reader(chain([header], lines), delimiter=separator, strict=True)
    try:
        columns = _parse_header(next(rows))
    except csv.Error:
        raise FileError("The quotes of the first line do not match.") from None

    def parse(cells: list[str]) -> dict[str, Any]:
        return _parse_row(columns, cells)

    line = number + rows.line_num
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _validate(line, parse, row)
            line = number + rows.line_num
    except csv.Error:
        # To go on with the next line could make users of what stands in a cell.
        message = "The quotes of this record do not match, or a cell is too long. Nothing from here on is read."
        yield Record(line, {}, [{"field": "", "message": message, "code": "parse-error"}])


def _parse_header(cells: list[str]) -> list[str]:
    """The names of the columns. Cells without a name at the end are left out."""
    names = [cell.lower() for cell in _trim(cells, 0)]
    problems = [
        *(f"{name[:40]!r} is no column." for name in names if name not in COLUMNS),
        *(f"{name!r} names two columns." for name in COLUMNS if names.count(name) > 1),
        *(f"The column {name!r} is missing." for name in REQUIRED_COLUMNS if name not in names),
    ]
    if problems:
        how = "The first line names the columns, with commas, semicolons or tabs between them, out of"
        raise FileError(f"{problems[0]} {how}: {', '.join(COLUMNS)}.")
    return names


def _parse_row(columns: list[str], row: list[str]) -> dict[str, Any]:
    """The body of a request that says the same as the cells."""
    cells = _trim(row, len(columns))
    if len(cells) != len(columns):
        raise ParseError(f"The number of cells, {len(cells)}, is not that of the columns, {len(columns)}.")
    _encode("".join(cells))
    body: dict[str, Any] = {column: cell for column, cell in zip(columns, cells, strict=True) if cell}
    if "intervals" in body:
        body["availability"] = {"intervals": _parse_intervals(body.pop("intervals"))}
    return body


def _trim(row: list[str], columns: int) -> list[str]:
    """The cells, less empty ones at the end beyond so many columns: spreadsheets add them."""
    cells = [cell.strip() for cell in row]
    while len(cells) > columns and not cells[-1]:
        cells.pop()
    return cells


def _parse_intervals(text: str) -> list[dict[str, str]]:
    matches = [_INTERVAL.fullmatch(part) for part in text.split(";") if part.strip()]
    if None in matches:
        raise ValidationError({"intervals": [f"Write intervals as in: {INTERVALS_EXAMPLE}"]})
    return [{"day": match[1], "start": match[2], "end": match[3]} for match in matches if match]


def _parse_json(text: str) -> Any:
    return JSONParser().parse(io.BytesIO(_encode(text)))


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ParseError("This is not UTF-8. Save the file as UTF-8.") from None


def _validate(line: int, parse: Callable[[T], Any], source: T) -> Record:
    try:
        return Record(line, validate(LineSerializer, parse(source)), [])
    except ValidationError as invalid:
        return Record(line, {}, list(list_errors(invalid.detail)))
    except APIException as fault:
        return Record(line, {}, [{"field": "", "message": str(fault.detail), "code": str(fault.default_code)}])
