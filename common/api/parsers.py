"""Reading of bodies."""

import json
from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from common.api.exceptions import MAX_NAME_LENGTH, BodyTooLarge

MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32


class JSONParser(parsers.JSONParser):
    """JSON (RFC 8259) in UTF-8 of at most 2 MiB: no NaN, no lone surrogates, no name twice, at most 32 levels."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values."""
        body = read_whole(stream, "body", MAX_BODY_BYTES)
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as fault:
            raise ParseError(f"This is not JSON: {fault}.") from None
        _check_depth(value)
        # The strict reader keeps the last of two values with one name; only the standard one shows both.
        json.loads(body, object_pairs_hook=_check_names, parse_int=str)
        return value


def read_whole(stream: IO[Any], name: str, limit: int) -> bytes:
    """The whole of a body, which the error calls by the name. Raises BodyTooLarge."""
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge(f"A {name} may hold at most {limit} bytes.")
    return body


def _check_names(pairs: list[tuple[str, Any]]) -> None:
    names = set()
    for name, _ in pairs:
        if name in names:
            raise ParseError(f"The name {json.dumps(name[:MAX_NAME_LENGTH])} stands twice in one object.")
        names.add(name)


def _check_depth(value: Any) -> None:
    # What the parser bears, a later step that recurses, such as a message that quotes the value, may not.
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, (list, dict))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise ParseError(f"A body may be nested at most {MAX_DEPTH} levels deep.")
