"""Reading of bodies."""

import io
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

from common.problems import BodyTooLarge, LengthRequired

MAX_BODY_BYTES = 2 * 1024 * 1024


class JSONParser(parsers.JSONParser):
    """JSON (RFC 8259) of at most 2 MiB: no NaN, no nesting beyond what Python's parser bears."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values."""
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge(f"A body may hold at most {MAX_BODY_BYTES} bytes.")
        try:
            return super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None


def check_length(environ: Mapping[str, Any]) -> None:
    """Refuses, before a byte of it is read, a body whose length is unsaid or beyond the limit."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"A body may hold at most {MAX_BODY_BYTES} bytes.")
