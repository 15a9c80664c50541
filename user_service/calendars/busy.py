"""From what a calendar holds to when somebody is busy (RFC 5545, sections 3.6.1, 3.6.4 and 3.8.5)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from common.domain.window import DAY, EPOCH, MINUTE, first_minute
from user_service.calendars.times import Clocks, Moment, read_duration, to_utc
from user_service.ics.components import CalendarError, Component

MAX_OCCURRENCES = 20_000

Interval = tuple[int, int]

_MAX_A_DAY = 24
_RECURS = {"RRULE", "RDATE", "EXDATE"}
# What our libraries raise over values that they do not understand, and years that there are not.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Event:
    """An event, or a change of some occurrences of it. It lasts whole days, or the length of real time."""

    component: Component
    clocks: Clocks
    start: Moment
    length: timedelta

    def read_all(self, name: str) -> Iterator[tuple[Moment, timedelta | None]]:
        """The moments that a property names, those of periods with their length. Raises ValueError."""
        for params, values, _ in self.component.properties.get(name, []):
            for value in filter(None, values.split(",")):
                start, _, end = value.partition("/")
                moment = self.clocks.read(start, params.get("TZID"))
                yield moment, _read_length(moment, end, params.get("TZID"), self.clocks) if end else None


def find_busy(
    calendars: list[Component], home: ZoneInfo, start: int, end: int, *, tentative_is_busy: bool
) -> tuple[list[Interval], int]:
    """The busy minutes from `start` to `end`, merged, and how many components cannot be read. Raises CalendarError."""
    found: list[Interval] = []
    unread = 0
    for calendar in calendars:
        clocks = Clocks(calendar, home)
        series: dict[str, list[Event]] = {}
        for component in calendar.components:
            try:
                if component.name == "VEVENT":
                    event = _read_event(component, clocks)
                    series.setdefault(component.properties["UID"][0].value, []).append(event)
                elif component.name == "VFREEBUSY":
                    found += _cut(_read_periods(component, clocks, tentative_is_busy=tentative_is_busy), start, end)
            except _UNREADABLE:
                unread += 1
        weightless = {"TRANSP"} if tentative_is_busy else {"TRANSP", "STATUS"}
        for events in series.values():
            try:
                found += _cut(_expand(events, home, weightless, start, end), start, end)
            except _UNREADABLE:
                unread += len(events)
            if len(found) > MAX_OCCURRENCES:
                raise CalendarError(f"It has more than {MAX_OCCURRENCES:,} occurrences.")
    return _merge(found), unread


def _cut(intervals: Iterator[Interval], start: int, end: int) -> list[Interval]:
    cut = ((max(first, start), min(last, end)) for first, last in intervals)
    return [(first, last) for first, last in cut if first < last]


def _merge(intervals: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _read_event(component: Component, clocks: Clocks) -> Event:
    start_params, text, _ = component.properties["DTSTART"][0]
    start = clocks.read(text, start_params.get("TZID"))
    end = component.properties.get("DTEND") or component.properties.get("DURATION")
    length = _read_length(start, end[0].value, end[0].params.get("TZID"), clocks) if end else timedelta()
    if not isinstance(start, datetime):
        # A day is what an event lasts that says nothing else, and what one means that ends on the day it begins.
        length = max(length, DAY)
    return Event(component, clocks, start, length)


def _read_length(start: Moment, text: str, tzid: str | None, clocks: Clocks) -> timedelta:
    """From the start to an end, or the duration that stands for it. Raises ValueError.

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


def _read_periods(component: Component, clocks: Clocks, *, tentative_is_busy: bool) -> Iterator[Interval]:
    """Of a VFREEBUSY (RFC 5545, section 3.2.9): a type that is missing, or that nobody knows, is BUSY."""
    free = {"FREE"} if tentative_is_busy else {"FREE", "BUSY-TENTATIVE"}
    for params, values, _ in component.properties.get("FREEBUSY", []):
        if params.get("FBTYPE", "").upper() not in free:
            for value in filter(None, values.split(",")):
                start, _, end = value.partition("/")
                moment = clocks.read(start, params.get("TZID"))
                yield _minutes(moment, _read_length(moment, end, params.get("TZID"), clocks), clocks.home)


def _minutes(start: Moment, length: timedelta, home: ZoneInfo) -> Interval:
    if not isinstance(start, datetime):
        first, last = (first_minute(datetime.combine(day, time()), home) for day in (start, start + length))
        return first, last
    since = to_utc(start) - EPOCH
    return since // MINUTE, -(-(since + length) // MINUTE)


def _expand(events: list[Event], home: ZoneInfo, weightless: set[str], start: int, end: int) -> Iterator[Interval]:
    """The intervals of an event and its changes, all those that lie between two minutes among them.

    The library that expands them is told what clocks show, and lengths of real time: it would add lengths to what the
    clock shows, and takes what it shows there for what it shows in UTC.
    """
    if all(event.component.properties.keys() & weightless for event in events):
        return
    if len(events) == 1 and not events[0].component.properties.keys() & _RECURS:
        yield _minutes(events[0].start, events[0].length, home)
        return
    heads = [event for event in events if "RECURRENCE-ID" not in event.component.properties]
    head = max(heads, key=_read_sequence, default=events[0])
    zone = head.start.tzinfo if isinstance(head.start, datetime) else home
    calendar = icalendar.Calendar()
    for event in events:
        if event is head or event not in heads:
            calendar.add_component(_translate(event, head.start, zone, weightless))
    first, last = ((EPOCH + minute * MINUTE).replace(tzinfo=None) for minute in (start, end))
    for occurrence in recurring_ical_events.of(calendar).between(first - DAY, last + DAY):
        if "TRANSP" not in occurrence:
            begin, finish = occurrence["DTSTART"].dt, occurrence["DTEND"].dt
            known = begin.replace(tzinfo=zone) if isinstance(begin, datetime) else begin
            yield _minutes(known, finish - begin, home)


def _translate(event: Event, head: Moment, zone: tzinfo | None, weightless: set[str]) -> icalendar.Event:
    """An event of a series as what a clock in the zone shows. `head` is the start of the series."""

    def show(moment: Moment) -> Moment:
        return moment.astimezone(zone).replace(tzinfo=None) if isinstance(moment, datetime) else moment

    def align(moment: Moment) -> Moment:
        """The start of an occurrence, which is a day or a time as that of the series is."""
        if not isinstance(head, datetime):
            return moment.date() if isinstance(moment, datetime) else moment
        return show(moment if isinstance(moment, datetime) else datetime.combine(moment, head.timetz()))

    made = icalendar.Event()
    made.add("UID", "1")
    made.add("SEQUENCE", _read_sequence(event))
    made.add("DTSTART", show(event.start))
    made.add("DTEND", show(event.start) + event.length)
    properties = event.component.properties
    if properties.keys() & weightless:
        made.add("TRANSP", "TRANSPARENT")
    if "RECURRENCE-ID" in properties:
        [(replaced, _)] = event.read_all("RECURRENCE-ID")
        made.add("RECURRENCE-ID", align(replaced), parameters=dict(properties["RECURRENCE-ID"][0].params))
        return made
    for rule in properties.get("RRULE", []):
        made.add("RRULE", _read_rule(rule.value, head, zone))
    added = [(align(moment), length) for moment, length in event.read_all("RDATE")]
    made.add("RDATE", [moment if length is None else (moment, length) for moment, length in added])
    made.add("EXDATE", [align(moment) for moment, _ in event.read_all("EXDATE")])
    return made


def _read_sequence(event: Event) -> int:
    properties = event.component.properties.get("SEQUENCE")
    return int(properties[0].value) if properties else 0


def _read_rule(text: str, head: Moment, zone: tzinfo | None) -> icalendar.vRecur:
    """The rule of a series, whose end is what a clock in the zone shows. Raises ValueError, or LookupError.

    Until a day means to its end, though the end of a series of times should be a time (RFC 5545, section 3.3.10).
    """
    rule: icalendar.vRecur = icalendar.vRecur.from_ical(text.upper())
    [frequency] = rule["FREQ"]
    a_day = math.prod(len(rule.get(name, "1")) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    a_day *= _MAX_A_DAY if frequency == "HOURLY" and "BYHOUR" not in rule else 1
    if frequency in ("SECONDLY", "MINUTELY") or a_day > _MAX_A_DAY or min(rule.get("INTERVAL", [1])) < 1:
        raise ValueError("it recurs too often")
    for until in rule.get("UNTIL", []):
        if not isinstance(head, datetime):
            shown = until.date() if isinstance(until, datetime) else until
        elif not isinstance(until, datetime):
            shown = datetime.combine(until, time.max)
        else:
            shown = until.astimezone(zone).replace(tzinfo=None) if until.tzinfo else until
        rule["UNTIL"] = [shown]
    return rule
