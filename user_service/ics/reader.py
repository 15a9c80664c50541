"""Reads a user's week, and dates that differ from it, from a calendar: its VAVAILABILITY components (RFC 7953)."""

import functools
import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import IO, Any, NamedTuple, TypeVar

from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser

from common.api import calendars
from common.api.parsers import read_whole
from common.api.serializers import Errors
from common.domain import timezones, week
from user_service.ics.components import CalendarError, Component, parse
from user_service.ics.dates import FreeTime, Period, has_end, lay_out, read_free_time, read_period
from user_service.ics.recurrence import UTC_TIME, NotKeptError, parse_zone, read_one, read_week, read_zone
from user_service.ics.writer import MAX_DATE_INTERVALS
from user_service.ics.zones import DISPLAY_ZONE, name_zones
from user_service.overrides.serializers import MAX_OVERRIDES
from user_service.weeks.serializers import MAX_INTERVALS

# As much as the longest calendar of ours. More takes longer than others should wait.
MAX_BYTES = 768 * 1024
CODE = "invalid_calendar"
_LOWEST = 10
_NO_WEEK = "There is no week: it is a VAVAILABILITY without an end. One with an end tells of dates that differ from it."
_SAME_PRIORITY = "Dates differ from a week by a higher PRIORITY than that has: 1 is the highest, 9 the last but none."
_BY_WHOSE_CLOCK = (
    "Times that end with Z are those of no clock on a wall. Write TZID=Europe/Berlin and the time that it shows, or, "
    f"if yours goes by UTC, {DISPLAY_ZONE}:UTC in the VCALENDAR."
)

T = TypeVar("T")


class CalendarWeek(NamedTuple):
    """A week, and the name of the time zone by whose clock it goes, if the calendar names one.

    `overrides` are the quarters that are free on the dates that differ from it.
    """

    week: int
    timezone: str | None
    overrides: dict[date, int]


class CalendarParser(BaseParser):
    """Reads a body as a calendar."""

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
    calendar = _find_calendar(root)
    weeks, exceptions = _rank(calendar, faults)
    places = {
        id(component): f"AVAILABLE[{number}]"
        for number, component in enumerate(
            component for each in _availabilities(calendar) for component in each.components
        )
    }
    repetitions = [
        _read(read_week, component, places[id(component)], faults)
        for availability in weeks
        for component in availability.components
    ]
    free = functools.reduce(operator.or_, (quarters for quarters, _ in filter(None, repetitions)), week.NEVER)
    zones = {zone for _, zone in filter(None, repetitions) if zone}
    overrides = _read_overrides(exceptions, places, zones, faults)
    if faults:
        raise ValidationError(faults)
    return CalendarWeek(free, _find_zone(zones, calendar, weeks), overrides)


def _read(read: Callable[[Component], T], component: Component, place: str, faults: Errors) -> T | None:
    """What is read from the component; the fault that it has goes to `faults`."""
    try:
        return read(component)
    except NotKeptError as bad:
        faults[f"{place}.{bad.name}"] = [ErrorDetail(str(bad), code=CODE)]
        return None


def _find_calendar(root: Component) -> Component:
    """The one VCALENDAR, in which there are weeks and nothing else."""
    inside = [inner for calendar in root.components for inner in calendar.components if inner.name != "VTIMEZONE"]
    is_one = [calendar.name for calendar in root.components] == ["VCALENDAR"]
    if not is_one or {component.name for component in inside} != {"VAVAILABILITY"}:
        raise _invalid("VCALENDAR", "A week is VAVAILABILITY components in one VCALENDAR, and nothing else.")
    if {component.name for availability in inside for component in availability.components} - {"AVAILABLE"}:
        raise _invalid("VAVAILABILITY", "A VAVAILABILITY holds AVAILABLE components, and nothing else.")
    for limit, what, counted in (
        (MAX_INTERVALS, "A week is", [each for each in inside if not has_end(each)]),
        (MAX_DATE_INTERVALS, "Dates that differ are", [each for each in inside if has_end(each)]),
    ):
        if sum(len(availability.components) for availability in counted) > limit:
            raise _invalid("VAVAILABILITY", f"{what} at most {limit} AVAILABLE components.")
    return root.components[0]


def _availabilities(calendar: Component) -> list[Component]:
    return [component for component in calendar.components if component.name == "VAVAILABILITY"]


def _rank(calendar: Component, faults: Errors) -> tuple[list[Component], list[tuple[int, Component]]]:
    """The weeks that hold, which have the highest priority of all; and what has an end and a higher one, with it.

    Whatever has a lower priority than a week holds never.
    """
    ranked = [(_read(_read_priority, each, "VAVAILABILITY", faults) or 0, each) for each in _availabilities(calendar)]
    weeks = [(priority, availability) for priority, availability in ranked if not has_end(availability)]
    if not weeks:
        raise _invalid("VAVAILABILITY.DTEND", _NO_WEEK)
    highest = min(priority for priority, _ in weeks)
    exceptions = [(priority, each) for priority, each in ranked if has_end(each) and priority <= highest]
    if any(priority == highest for priority, _ in exceptions):
        raise _invalid("VAVAILABILITY.PRIORITY", _SAME_PRIORITY)
    return [availability for priority, availability in weeks if priority == highest], exceptions


def _read_priority(availability: Component) -> int:
    """The priority: 1 is the highest, 9 the last but one, and none, like 0, is the lowest (RFC 7953, section 3.1)."""
    value = read_one(availability, "PRIORITY").value if "PRIORITY" in availability.properties else "0"
    if value not in set("0123456789"):
        raise NotKeptError("PRIORITY", "A priority is a digit, 0 to 9.")
    return int(value) or _LOWEST


def _read_overrides(
    exceptions: list[tuple[int, Component]], places: Mapping[int, str], zones: set[str], faults: Errors
) -> dict[date, int]:
    """What is free on the dates of these, by the highest priority that a date has. Adds the zones to the others."""
    periods: list[tuple[int, Period, list[FreeTime]]] = []
    for priority, availability in sorted(exceptions, key=lambda exception: exception[0]):
        period = _read(read_period, availability, "VAVAILABILITY", faults)
        times = [_read(read_free_time, each, places[id(each)], faults) for each in availability.components]
        if period:
            periods.append((priority, period, [each for each in times if each]))
    if faults:
        return {}
    if sum(period.days for _, period, _ in periods) > MAX_OVERRIDES:
        raise _invalid("VAVAILABILITY", f"At most {MAX_OVERRIDES} dates differ from the week.")
    overrides: dict[date, int] = {}
    ranks: dict[date, int] = {}
    for priority, period, free_times in periods:
        zones |= {zone for zone in (period.zone, *(each.zone for each in free_times)) if zone}
        for day, free in lay_out(period, free_times).items():
            if ranks.setdefault(day, priority) == priority:
                overrides[day] = overrides.get(day, 0) | free
    return overrides


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
