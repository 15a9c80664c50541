"""From events to the minutes in which somebody is busy."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from common.domain.window import DAY, EPOCH, MINUTE, first_minute
from user_service.busy_time import Intervals, cut, merge
from user_service.calendars.reading.events import UNREADABLE, Event, read_event, read_periods
from user_service.calendars.reading.times import Clocks, Moment, to_utc
from user_service.ics.components import CalendarError, Component

MAX_OCCURRENCES = 20_000

Interval = tuple[int, int]


def find_busy(
    calendars: list[Component], home: ZoneInfo, start: int, end: int, *, tentative_is_busy: bool
) -> tuple[Intervals, int]:
    """The busy minutes from `start` to `end`, merged, and how many components cannot be read.

    The calendars are as `scan` leaves them; `home` is the time zone of their owner. Raises CalendarError.
    """
    found: list[Interval] = []
    unread = 0
    for calendar in calendars:
        clocks = Clocks(calendar, home)
        series: dict[str, list[Event]] = {}
        for component in calendar.components:
            try:
                if component.name == "VEVENT":
                    event = read_event(component, clocks, tentative_is_busy=tentative_is_busy)
                    series.setdefault(component.text("UID"), []).append(event)
                elif component.name == "VFREEBUSY":
                    periods = read_periods(component, clocks, tentative_is_busy=tentative_is_busy)
                    found += cut((_to_minutes(*period, home) for period in periods), start, end)
            except UNREADABLE:
                unread += 1
        for events in series.values():
            try:
                found += cut(_expand(events, home, start, end), start, end)
            except UNREADABLE:
                unread += len(events)
            if len(found) > MAX_OCCURRENCES:
                raise CalendarError(f"It has more than {MAX_OCCURRENCES:,} occurrences.")
    return merge(found), unread


def _to_minutes(start: Moment, length: timedelta, home: ZoneInfo) -> Interval:
    if not isinstance(start, datetime):
        first, last = (first_minute(datetime.combine(day, time()), home) for day in (start, start + length))
        return first, last
    since = to_utc(start) - EPOCH
    return since // MINUTE, -(-(since + length) // MINUTE)


def _expand(events: list[Event], home: ZoneInfo, start: int, end: int) -> Iterator[Interval]:
    """The intervals of an event and its changes, all those that lie between two minutes among them.

    The library that expands them is told what clocks show, and lengths of real time: it would add lengths to what the
    clock shows, and takes what it shows there for what it shows in UTC.
    """
    if all(event.is_free for event in events):
        return
    first = events[0]
    if len(events) == 1 and not (first.rules or first.added or first.left_out):
        yield _to_minutes(first.start, first.length, home)
        return
    heads = [event for event in events if event.replaces is None]
    head = max(heads, key=lambda event: event.sequence, default=first)
    zone = head.start.tzinfo if isinstance(head.start, datetime) else home
    calendar = icalendar.Calendar()
    for event in events:
        if event is head or event.replaces is not None:
            calendar.add_component(_translate(event, head.start, zone))
    earliest, latest = ((EPOCH + minute * MINUTE).replace(tzinfo=None) for minute in (start, end))
    for occurrence in recurring_ical_events.of(calendar).between(earliest - DAY, latest + DAY):
        if "TRANSP" not in occurrence:
            begin, finish = occurrence["DTSTART"].dt, occurrence["DTEND"].dt
            moment = begin.replace(tzinfo=zone) if isinstance(begin, datetime) else begin
            yield _to_minutes(moment, finish - begin, home)


def _translate(event: Event, head: Moment, zone: tzinfo | None) -> icalendar.Event:
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
    made.add("SEQUENCE", event.sequence)
    made.add("DTSTART", show(event.start))
    made.add("DTEND", show(event.start) + event.length)
    if event.is_free:
        made.add("TRANSP", "TRANSPARENT")
    if event.replaces is not None:
        reach = {"RANGE": "THISANDFUTURE"} if event.is_for_later_ones else {}
        made.add("RECURRENCE-ID", align(event.replaces), parameters=reach)
        return made
    for rule in event.rules:
        made.add("RRULE", rule)
    added = [(align(moment), length) for moment, length in event.added]
    made.add("RDATE", [moment if length is None else (moment, length) for moment, length in added])
    made.add("EXDATE", [align(moment) for moment in event.left_out])
    return made
