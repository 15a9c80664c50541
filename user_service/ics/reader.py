"""Reads a user's week from a calendar: its VAVAILABILITY components (RFC 7953)."""

import functools
import operator
from collections.abc import Callable, Mapping
from typing import IO, Any, NamedTuple, TypeVar

from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser

from common.api import calendars
from common.api.parsers import read_whole
from common.api.serializers import Errors
from common.domain import timezones, week
from user_service.ics.components import CalendarError, Component, parse
from user_service.ics.recurrence import UTC_TIME, NotKeptError, parse_zone, read_free_time, read_one, read_zone, refuse
from user_service.ics.zones import DISPLAY_ZONE, name_zones
from user_service.serializers import MAX_INTERVALS

MAX_BYTES = 128 * 1024
CODE = "invalid_calendar"
_BY_WHOSE_CLOCK = (
    "Times that end with Z are those of no clock on a wall. Write TZID=Europe/Berlin and the time that it shows, or, "
    f"if yours goes by UTC, {DISPLAY_ZONE}:UTC in the VCALENDAR."
)

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
        return read(read_whole(stream, "calendar", MAX_BYTES))


def read(body: bytes) -> CalendarWeek:
    """The week of a calendar. Raises ParseError, or ValidationError with a fault for each component that has one."""
    try:
        root = parse(body)
    except CalendarError as bad:
        raise ParseError(f"This is not a calendar: {bad}") from None
    faults: Errors = {}
    for calendar in root.components:
        name_zones(calendar)
    calendar, availabilities = _find_availabilities(root, faults)
    components = [component for availability in availabilities for component in availability.components]
    repetitions = [
        _read(read_free_time, component, f"AVAILABLE[{number}]", faults) for number, component in enumerate(components)
    ]
    if faults:
        raise ValidationError(faults)
    free = functools.reduce(operator.or_, (quarters for quarters, _ in filter(None, repetitions)), week.NEVER)
    zones = {zone for _, zone in filter(None, repetitions) if zone}
    return CalendarWeek(free, _find_zone(zones, calendar, availabilities))


def _read(read: Callable[[Component], T], component: Component, place: str, faults: Errors) -> T | None:
    """What is read from the component; the fault that it has goes to `faults`."""
    try:
        return read(component)
    except NotKeptError as bad:
        faults[f"{place}.{bad.name}"] = [ErrorDetail(str(bad), code=CODE)]
        return None


def _find_availabilities(root: Component, faults: Errors) -> tuple[Component, list[Component]]:
    """The one VCALENDAR, and those of its VAVAILABILITY components that hold: the others have a lower priority."""
    inside = [inner for calendar in root.components for inner in calendar.components if inner.name != "VTIMEZONE"]
    is_one = [calendar.name for calendar in root.components] == ["VCALENDAR"]
    if not is_one or {component.name for component in inside} != {"VAVAILABILITY"}:
        raise _invalid("VCALENDAR", "A week is VAVAILABILITY components in one VCALENDAR, and nothing else.")
    if {component.name for availability in inside for component in availability.components} - {"AVAILABLE"}:
        raise _invalid("VAVAILABILITY", "A VAVAILABILITY holds AVAILABLE components, and nothing else.")
    if sum(len(availability.components) for availability in inside) > MAX_INTERVALS:
        raise _invalid("VAVAILABILITY", f"A week is at most {MAX_INTERVALS} AVAILABLE components.")
    priorities = [_read(_read_priority, availability, "VAVAILABILITY", faults) for availability in inside]
    highest = min((priority for priority in priorities if priority is not None), default=None)
    return root.components[0], [
        availability for availability, priority in zip(inside, priorities, strict=True) if priority == highest
    ]


def _read_priority(availability: Component) -> int:
    """The priority: 1 is the highest, 9 the last but one, and none, like 0, is the lowest (RFC 7953, section 3.1)."""
    refuse(availability, ("DTEND", "DURATION"), "A week repeats without an end.")
    value = read_one(availability, "PRIORITY").value if "PRIORITY" in availability.properties else "0"
    if value not in set("0123456789"):
        raise NotKeptError("PRIORITY", "A priority is a digit, 0 to 9.")
    return int(value) or 10


def _find_zone(zones: set[str], calendar: Component, availabilities: list[Component]) -> str | None:
    """The time zone of the week, if the calendar names one: where no time of an AVAILABLE does, what is around it."""
    names = sorted(timezones.DEFAULT if zone == UTC_TIME else zone for zone in zones)
    if len(set(names)) > 1:
        shown = ", ".join(names[:3] + ["..."] * (len(names) > 3))
        raise _invalid("AVAILABLE", f"A week goes by the clock of one time zone, not of {shown}.")
    if zones - {UTC_TIME}:
        return names[0]
    faults: Errors = {}
    around = [_read(_read_begin, availability, "VAVAILABILITY", faults) for availability in availabilities]
    zone = next(filter(None, around), None) or _read(_read_display_zone, calendar, "VCALENDAR", faults)
    if faults:
        raise ValidationError(faults)
    if zones and zone != timezones.DEFAULT:
        raise _invalid("AVAILABLE", _BY_WHOSE_CLOCK)
    return zone


def _read_begin(availability: Component) -> str | None:
    return read_zone(availability, "DTSTART") if "DTSTART" in availability.properties else None


def _read_display_zone(calendar: Component) -> str | None:
    if DISPLAY_ZONE not in calendar.properties:
        return None
    return parse_zone(DISPLAY_ZONE, read_one(calendar, DISPLAY_ZONE).value)


def _invalid(place: str, message: str) -> ValidationError:
    return ValidationError({place: [ErrorDetail(message, code=CODE)]})
