"""Events of a calendar as they are read, before they recur (RFC 5545, sections 3.6.1, 3.6.4 and 3.8.5)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from icalendar import vRecur

from common.domain.window import DAY
from user_service.calendars.reading.times import LAST_YEAR, Clocks, Moment, read_duration, to_utc
from user_service.ics.components import Component, Property

# What our libraries raise over values that they do not understand, and years that there are not.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_MAX_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Event:
    """An event, or a change of the occurrence that was to begin at `replaces`, and perhaps of those after it.

    It lasts whole days, or so much real time. Periods that are added have lengths of their own.
    """

    start: Moment
    length: timedelta
    is_free: bool
    sequence: int
    replaces: Moment | None
    is_for_later_ones: bool
    rules: list[vRecur]
    added: list[tuple[Moment, timedelta | None]]
    left_out: list[Moment]


def read_event(event: Component, clocks: Clocks, *, tentative_is_busy: bool) -> Event:
    """An event as `scan` leaves it. Raises UNREADABLE."""
    properties = event.properties
    (start, _), *_ = _read_all(properties["DTSTART"], clocks)
    length = timedelta()
    for end in (properties.get("DTEND") or properties.get("DURATION") or [])[:1]:
        length = _read_length(start, end.value, end.params.get("TZID"), clocks)
    if not isinstance(start, datetime):
        # A day is what an event lasts that says nothing else, and what one means that ends on the day it begins.
        length = max(length, DAY)
    replaced = properties.get("RECURRENCE-ID", [])
    return Event(
        start=start,
        length=length,
        is_free="TRANSP" in properties or ("STATUS" in properties and not tentative_is_busy),
        sequence=int(properties["SEQUENCE"][0].value) if "SEQUENCE" in properties else 0,
        replaces=next((moment for moment, _ in _read_all(replaced, clocks)), None),
        is_for_later_ones=any(found.params.get("RANGE", "").upper() == "THISANDFUTURE" for found in replaced),
        rules=[_read_rule(rule.value, start) for rule in properties.get("RRULE", [])],
        added=list(_read_all(properties.get("RDATE", []), clocks)),
        left_out=[moment for moment, _ in _read_all(properties.get("EXDATE", []), clocks)],
    )


def read_periods(free_busy: Component, clocks: Clocks, *, tentative_is_busy: bool) -> list[tuple[Moment, timedelta]]:
    """The busy ones of a VFREEBUSY. A type that is missing, or that nobody knows, is BUSY (RFC 5545, section 3.2.9)."""
    free = {"FREE"} if tentative_is_busy else {"FREE", "BUSY-TENTATIVE"}
    properties = free_busy.properties.get("FREEBUSY", [])
    busy = [found for found in properties if found.params.get("FBTYPE", "").upper() not in free]
    periods = []
    for start, length in _read_all(busy, clocks):
        if length is None:
            raise ValueError("a moment is no period")
        periods.append((start, length))
    return periods


def _read_all(properties: list[Property], clocks: Clocks) -> Iterator[tuple[Moment, timedelta | None]]:
    """The moments that properties list, and of periods the length as well."""
    for params, values, fault in properties:
        if fault:
            raise ValueError(fault)
        for value in filter(None, values.split(",")):
            start, _, end = value.partition("/")
            moment = clocks.read(start, params.get("TZID"))
            yield moment, _read_length(moment, end, params.get("TZID"), clocks) if end else None


def _read_length(start: Moment, text: str, tzid: str | None, clocks: Clocks) -> timedelta:
    """From the start to an end, or the duration that stands for it.

    With a start that a clock change skips no time may be left until the end: then the clock says how long it lasts.
    """
    if "P" in text:
        length = read_duration(text)
        if isinstance(start, datetime) and "PT" not in text:
            # Days are those of the calendar, 24 hours are not (RFC 5545, section 3.3.6).
            length = to_utc(start + timedelta(length.days)) - to_utc(start) + timedelta(seconds=length.seconds)
    else:
        end = clocks.read(text, tzid)
        if isinstance(start, datetime) and isinstance(end, datetime):
            length = to_utc(end) - to_utc(start)
            if length <= timedelta() and end.tzinfo is start.tzinfo:
                length = end.replace(tzinfo=None) - start.replace(tzinfo=None)
        elif isinstance(start, datetime) or isinstance(end, datetime):
            raise ValueError("a day and a time are no interval")
        else:
            length = end - start
    if length < timedelta():
        raise ValueError("it ends before it begins")
    return length


def _read_rule(text: str, start: Moment) -> vRecur:
    """The rule of what begins at `start`, whose end is what a clock shows in the zone of the start.

    Until a day means to its end, though the end of a series of times should be a time (RFC 5545, section 3.3.10).
    """
    rule: vRecur = vRecur.from_ical(text.upper())
    [frequency] = rule["FREQ"]
    a_day = math.prod(len(rule.get(name, "1")) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    a_day *= _MAX_A_DAY if frequency == "HOURLY" and "BYHOUR" not in rule else 1
    if frequency in ("SECONDLY", "MINUTELY") or a_day > _MAX_A_DAY or min(rule.get("INTERVAL", [1])) < 1:
        raise ValueError("it recurs too often")
    if "COUNT" in rule and "UNTIL" in rule:
        raise ValueError("it ends in two ways")
    for until in rule.get("UNTIL", []):
        if not isinstance(start, datetime):
            shown = until.date() if isinstance(until, datetime) else until
        elif not isinstance(until, datetime):
            shown = datetime.combine(until, time.max)
        else:
            shown = until.replace(year=min(until.year, LAST_YEAR))
            shown = shown.astimezone(start.tzinfo).replace(tzinfo=None) if until.tzinfo else shown
        rule["UNTIL"] = [shown]
    return rule
