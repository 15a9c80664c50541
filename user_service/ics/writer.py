"""A user's week as a calendar: VAVAILABILITY (RFC 7953), in which what is free repeats for ever.

Each run of dates that differ from it is one of a higher priority, with an end (sections 3.1 and 4).

Where clocks change, iCalendar keeps the length of an interval, and W2Meet the time on the wall.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Availability, Available, Calendar, vCalAddress, vRecur

from common.api import calendars
from common.api.exceptions import Conflict
from common.domain import timezones, week
from common.domain.window import DAY, EPOCH, LAST_YEAR, MINUTE
from user_service.days import group_dates
from user_service.ics.zones import DISPLAY_ZONE
from user_service.models import User

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# The begin of a week in which no clock in the world changes (the tests ask the time zone database).
FIRST_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001
_LAST = datetime(LAST_YEAR + 1, 1, 1)  # noqa: DTZ001
_QUARTER = timedelta(minutes=week.QUARTER_MINUTES)
# On all dates together: to write more would take a worker longer than others should wait.
MAX_DATE_INTERVALS = 1500


class TooManyIntervals(Conflict):
    """More on dates that differ from the week than a calendar is written of."""

    default_code = "too-many-intervals"
    default_detail = (
        f"The dates that differ from the week have more than {MAX_DATE_INTERVALS} intervals, too many for a calendar. "
        "The list of these dates has them."
    )


def check_length(overrides: Mapping[date, int]) -> None:
    """Raises TooManyIntervals."""
    if sum(len(week.to_runs(free)) for free in overrides.values()) > MAX_DATE_INTERVALS:
        raise TooManyIntervals


def availability(user: User) -> Calendar:
    """The calendar of a user. It names the time zone, also of a week in which nothing is free.

    Raises TooManyIntervals.
    """
    check_length(user.overrides)
    zone = timezones.zone(user.timezone)
    component = _availability(user, zone, FIRST_MONDAY)
    component.add("ORGANIZER", vCalAddress(calendars.mailto(user.email)), parameters={"CN": user.name})
    days_by_times: dict[tuple[int, int], list[int]] = {}
    for day, start, end in week.to_intervals(user.week):
        days_by_times.setdefault((start, end), []).append(day)
    for (start, end), days in days_by_times.items():
        available = _available(user, zone, FIRST_MONDAY.date() + days[0] * DAY, start, end)
        available.add("RRULE", vRecur(FREQ="WEEKLY", BYDAY=[WEEKDAYS[day] for day in days]))
        component.add_component(available)
    runs = [_exception(user, zone, dates) for dates in group_dates(user.overrides)]
    is_past = any(day < FIRST_MONDAY.date() for day in user.overrides)
    first = EPOCH.replace(tzinfo=None) if is_past else FIRST_MONDAY - DAY
    clock = () if zone.key == timezones.DEFAULT else (calendars.timezone(zone, _minute(first), _minute(_LAST)),)
    calendar = calendars.new(*clock, component, *runs)
    # Times in UTC alone would not say that UTC is what the user's clock shows.
    calendar.add(DISPLAY_ZONE, zone.key)
    return calendar


def _availability(user: User, zone: ZoneInfo, start: datetime, *words: str) -> Availability:
    """An empty one, which the words tell from others of the same user."""
    component = Availability()
    component.add("UID", calendars.uid(user.email, *words))
    component.add("DTSTAMP", user.updated_at)
    component.add("DTSTART", calendars.moment(start, zone))
    return component


def _exception(user: User, zone: ZoneInfo, dates: list[date]) -> Availability:
    """What holds on dates that follow each other, in place of the week."""
    first, end = (datetime.combine(day, time()) for day in (dates[0], dates[-1] + DAY))
    component = _availability(user, zone, first, str(dates[0]))
    component.add("DTEND", calendars.moment(end, zone))
    component.add("ORGANIZER", vCalAddress(calendars.mailto(user.email)))
    component.add("PRIORITY", 1)
    component.add("BUSYTYPE", "BUSY-UNAVAILABLE")
    for day in dates:
        for start, end_quarter in week.to_runs(user.overrides[day]):
            component.add_component(_available(user, zone, day, start, end_quarter, str(day)))
    return component


def _available(user: User, zone: ZoneInfo, day: date, start: int, end: int, *words: str) -> Available:
    """From one quarter of a date to another. The words tell it from others of the same user and time of day."""
    midnight = datetime.combine(day, time())
    component = Available()
    component.add("UID", calendars.uid(user.email, *words, str(start), str(end)))
    component.add("DTSTAMP", user.updated_at)
    component.add("DTSTART", calendars.moment(midnight + start * _QUARTER, zone))
    component.add("DTEND", calendars.moment(midnight + end * _QUARTER, zone))
    return component


def _minute(shown: datetime) -> int:
    return (shown - EPOCH.replace(tzinfo=None)) // MINUTE
