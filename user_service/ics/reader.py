"""Reads a user's week from a calendar: one VAVAILABILITY (RFC 7953)."""

import functools
import operator
from collections.abc import Callable, Mapping
from typing import IO, Any, NamedTuple, TypeVar

from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser

from common.api import calendars
from common.api.parsers import read_whole
from common.api.serializers import Errors
from common.domain import week
from user_service.ics.components import CalendarError, Component, parse
from user_service.ics.recurrence import NotKeptError, free_hours, refuse, time
from user_service.serializers import MAX_INTERVALS

MAX_BYTES = 128 * 1024
CODE = "invalid_calendar"

T = TypeVar("T")


class CalendarWeek(NamedTuple):
    """A week, and the name of the time zone by whose clock it goes, if the calendar names one."""

    week: int
    timezone: str | None


class CalendarParser(BaseParser):
    """Reads a body as a calendar of at most 128 KiB: more takes longer than others should wait."""

    media_type = calendars.MEDIA_TYPE

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The CalendarWeek in the body."""
        return read(read_whole(stream, parser_context, "calendar", MAX_BYTES))


def read(body: bytes) -> CalendarWeek:
    """The week of a calendar. Raises ParseError, or ValidationError with a fault for each component that has one."""
    try:
        availability = _availability(parse(body))
    except CalendarError as bad:
        raise ParseError(f"This is not a calendar: {bad}") from None
    faults: Errors = {}
    begin = _read(_begin, availability, "VAVAILABILITY", faults)
    repetitions = [
        _read(free_hours, component, f"AVAILABLE[{number}]", faults)
        for number, component in enumerate(availability.components)
    ]
    if faults:
        raise ValidationError(faults)
    return _week(begin, [repetition for repetition in repetitions if repetition])


def _read(read: Callable[[Component], T], component: Component, place: str, faults: Errors) -> T | None:
    """What is read from the component; the fault that it has goes to `faults`."""
    try:
        return read(component)
    except NotKeptError as bad:
        faults[f"{place}.{bad.name}"] = [ErrorDetail(str(bad), code=CODE)]
        return None


def _begin(availability: Component) -> str | None:
    """The time zone in which a VAVAILABILITY begins, if it says. When that is does not matter to a week."""
    refuse(availability, ("DTEND", "DURATION"), "A week repeats without an end.")
    return time(availability, "DTSTART")[1] if "DTSTART" in availability.properties else None


def _week(begin: str | None, repetitions: list[tuple[int, str]]) -> CalendarWeek:
    names = sorted({zone for _, zone in repetitions})
    if len(names) > 1:
        raise _invalid("AVAILABLE", f"A week goes by the clock of one time zone, not of {', '.join(names)}.")
    free = functools.reduce(operator.or_, (hours for hours, _ in repetitions), week.NEVER)
    return CalendarWeek(free, names[0] if names else begin)


def _availability(root: Component) -> Component:
    """The one VAVAILABILITY of the one VCALENDAR, with its AVAILABLE components."""
    inside = [inner for calendar in root.components for inner in calendar.components if inner.name != "VTIMEZONE"]
    names = [component.name for component in (*root.components, *inside)]
    if names != ["VCALENDAR", "VAVAILABILITY"]:
        raise _invalid("VCALENDAR", "A week is one VAVAILABILITY in one VCALENDAR, and nothing else.")
    if {component.name for component in inside[0].components} - {"AVAILABLE"}:
        raise _invalid("VAVAILABILITY", "A VAVAILABILITY holds AVAILABLE components, and nothing else.")
    if len(inside[0].components) > MAX_INTERVALS:
        raise _invalid("VAVAILABILITY", f"A week is at most {MAX_INTERVALS} AVAILABLE components.")
    return inside[0]


def _invalid(place: str, message: str) -> ValidationError:
    return ValidationError({place: [ErrorDetail(message, code=CODE)]})
