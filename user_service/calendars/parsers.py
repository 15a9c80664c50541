"""Reading of uploaded calendar files, as far as a web worker does it."""

import codecs
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from common.api import calendars as ical
from common.api.parsers import MAX_BODY_BYTES, read_whole

_BEGIN = b"BEGIN:VCALENDAR"


class CalendarFileParser(BaseParser):
    """Takes a calendar file as it is: the reader reads it."""

    media_type = ical.MEDIA_TYPE

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The bytes of the body. Raises what `read_calendar_file` raises."""
        return read_calendar_file(stream)


def read_calendar_file(stream: IO[Any]) -> bytes:
    """The whole of a file. Raises BodyTooLarge, and ParseError for what begins as no calendar does."""
    content = read_whole(stream, "calendar", MAX_BODY_BYTES)
    if not content.removeprefix(codecs.BOM_UTF8).lstrip()[: len(_BEGIN)].upper() == _BEGIN:
        raise ParseError("This is not a calendar: it does not begin with BEGIN:VCALENDAR.")
    return content
