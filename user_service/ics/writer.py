"""A user's week as a calendar: VAVAILABILITY (RFC 7953), in which what is free repeats for ever.

Where clocks change, iCalendar keeps the length of an interval, and W2Meet the time on the wall.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Availability, Available, Calendar, vCalAddress, vRecur

from common.api import calendars
from common.domain import timezones, week
from common.domain.window import DAY, EPOCH, LAST_YEAR, MINUTE
from user_service.ics.zones import DISPLAY_ZONE
from user_service.models import User

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# The begin of a week in which no clock in the world changes (the tests ask the time zone database).
FIRST_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001
_LAST = datetime(LAST_YEAR + 1, 1, 1)  # noqa: DTZ001
_QUARTER = timedelta(minutes=week.QUARTER_MINUTES)


def availability(user: User) -> Calendar:
    """The calendar of a user. It names the time zone, also of a week in which nothing is free."""
    zone = timezones.zone(user.timezone)
    component = Availability()
    component.add("UID", calendars.uid(user.email))
    component.add("DTSTAMP", user.updated_at)
    component.add("DTSTART", calendars.moment(FIRST_MONDAY, zone))
    component.add("ORGANIZER", vCalAddress(calendars.mailto(user.email)), parameters={"CN": user.name})
    for (start, end), days in _group_days(user.week).items():
        component.add_component(_available(user, zone, start, end, days))
    clock = (
        ()
        if zone.key == timezones.DEFAULT
        else (calendars.timezone(zone, _minute(FIRST_MONDAY - DAY), _minute(_LAST)),)
    )
    calendar = calendars.new(*clock, component)
    # Times in UTC alone would not say that UTC is what the user's clock shows.
    calendar.add(DISPLAY_ZONE, zone.key)
    return calendar


def _group_days(free: int) -> dict[tuple[int, int], list[int]]:
    """The days of each interval that is free, by its first quarter and that after its last."""
    days: dict[tuple[int, int], list[int]] = {}
    for day, start, end in week.to_intervals(free):
        days.setdefault((start, end), []).append(day)
    return days


def _available(user: User, zone: ZoneInfo, start: int, end: int, days: list[int]) -> Available:
    first = FIRST_MONDAY + timedelta(days=days[0])
    component = Available()
    component.add("UID", calendars.uid(user.email, str(start), str(end)))
    component.add("DTSTAMP", user.updated_at)
    component.add("DTSTART", calendars.moment(first + start * _QUARTER, zone))
    component.add("DTEND", calendars.moment(first + end * _QUARTER, zone))
    component.add("RRULE", vRecur(FREQ="WEEKLY", BYDAY=[WEEKDAYS[day] for day in days]))
    return component


def _minute(shown: datetime) -> int:
    return (shown - EPOCH.replace(tzinfo=None)) // MINUTE
