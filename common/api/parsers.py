"""Reading of bodies."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from common.api.exceptions import BodyTooLarge

MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32
INCOMPLETE = "The body has not come to the end that was announced."


class JSONParser(parsers.JSONParser):
    """JSON (RFC 8259) in UTF-8 of at most 2 MiB: no NaN, no lone surrogates, no nesting beyond 32 levels."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values."""
        body = read_whole(stream, parser_context, "body", MAX_BODY_BYTES)
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as fault:
            raise ParseError(f"This is not JSON: {fault}.") from None
        # Nothing is nested deeper than it has brackets: most bodies need not be looked through.
        if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
            _check_depth(value)
        return value


def read_whole(stream: IO[Any], context: Mapping[str, Any] | None, name: str, limit: int) -> bytes:
    """The whole of a body. Raises BodyTooLarge, or ParseError if it ends before the length that was announced."""
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge(f"A {name} may hold at most {limit} bytes.")
    if context and len(body) < int(context["request"].META.get("CONTENT_LENGTH") or 0):
        raise ParseError(INCOMPLETE)
    return body


def _check_depth(value: Any) -> None:
    # What the parser bears, a later step that recurses, such as a message that quotes the value, may not.
    level = [value] if isinstance(value, (list, dict)) else []
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (list, dict))
        ]
        if not level:
            return
    raise ParseError(f"A body may be nested at most {MAX_DEPTH} levels deep.")
