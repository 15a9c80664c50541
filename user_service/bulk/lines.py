"""Files of users, one a line: JSON lines or CSV in, JSON lines out. Memory is bounded by the longest line allowed."""

import io
import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO, Any, NamedTuple

from rest_framework.exceptions import APIException, ValidationError

from common.api.exception_handler import list_errors
from common.api.parsers import MAX_BODY_BYTES, JSONParser
from common.api.serializers import validate_body
from user_service.bulk import csv_lines
from user_service.bulk.serializers import LineSerializer
from user_service.models import User

_BOM = b"\xef\xbb\xbf"
_json = JSONParser()


class Line(NamedTuple):
    """What a line of so many bytes says of a user, validated; or its faults, and nothing."""

    number: int
    size: int
    values: dict[str, Any]
    faults: list[dict[str, str]]


def read(file: IO[bytes]) -> Iterator[Line]:
    """The lines that are not blank. A file is CSV unless its first begins with a brace. Raises HeaderError."""
    rest = _texts(file)
    first = next(rest, None)
    if first is None:
        return
    _, _, text = first
    parse: Callable[[bytes], Any] = _parse_json
    if text.startswith(b"{"):
        rest = chain([first], rest)
    else:
        parse = csv_lines.parser(text)
    for number, size, text in rest:
        yield Line(number, size, *_values(text, parse))


def write(user: User) -> str:
    """The user as a line, of which `read` makes the same user."""
    return json.dumps(user.to_json()) + "\n"


def _texts(file: IO[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Number, size and trimmed text of each line that is not blank."""
    for number, line in enumerate(iter(lambda: _next(file), b""), 1):
        if text := line.removeprefix(_BOM).strip():
            yield number, len(line), text


def _next(file: IO[bytes]) -> bytes:
    """The next line. Of one that is too long only the beginning, which is too long, too."""
    line = rest = file.readline(MAX_BODY_BYTES + 1)
    while len(rest) > MAX_BODY_BYTES and not rest.endswith(b"\n"):
        rest = file.readline(MAX_BODY_BYTES + 1)
    return line


def _parse_json(line: bytes) -> Any:
    return _json.parse(io.BytesIO(line))


def _values(text: bytes, parse: Callable[[bytes], Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    try:
        return validate_body(LineSerializer, parse(text)), []
    except ValidationError as bad:
        return {}, list(list_errors(bad.detail))
    except APIException as bad:
        return {}, [{"field": "", "message": str(bad.detail), "code": str(bad.default_code)}]
