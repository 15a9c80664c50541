"""Times of an iCalendar file (RFC 5545, sections 3.3.4 to 3.3.9)."""

import functools
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Timezone, vDuration

from common.domain import timezones
from common.domain.window import DAY
from user_service.ics.components import Component, write
from user_service.ics.zones import DEFINITION, DISPLAY_ZONE

# A day of the user's, or a time with its zone.
Moment = date | datetime

# "For ever" is written as the end of the year 9999, which Python's datetime cannot bring into another time zone.
LAST_YEAR = 9998
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_FREQUENCY = re.compile(rb"FREQ=(\w+)")

# Raises ValueError, or OverflowError.
read_duration: Callable[[str], timedelta] = vDuration.from_ical


class Clocks:
    """The time zones that a calendar names. Times that name none go by that of the calendar or, last, of the user."""

    def __init__(self, calendar: Component, home: ZoneInfo) -> None:
        self.home = home
        self._definitions = {
            inner.text("TZID"): inner
            for inner in calendar.components
            if inner.name == DEFINITION and "TZID" in inner.properties
        }
        self._zones: dict[str, tzinfo] = {}
        self._unnamed = calendar.text(DISPLAY_ZONE)

    def read(self, text: str, tzid: str | None) -> Moment:
        """The moment that a value names, in the zone of its TZID. Raises ValueError."""
        match = _TIME.fullmatch(text)
        if not match:
            raise ValueError(f"{text} is no time")
        year, month, day = map(int, match.groups()[:3])
        if match[4] is None:
            return date(year, month, day)
        # A second that is inserted has the number 60 (RFC 5545, section 3.3.12).
        hour, minute, second = int(match[4]), int(match[5]), min(int(match[6]), 59)
        zone = UTC if match[7] else self._zone(tzid or self._unnamed)
        return datetime(min(year, LAST_YEAR), month, day, hour, minute, second, tzinfo=zone)

    def _zone(self, name: str) -> tzinfo:
        if not name:
            return self.home
        if name not in self._zones:
            if name not in self._definitions and name not in timezones.names():
                raise ValueError(f"{name} is no time zone")
            defined = self._definitions.get(name)
            self._zones[name] = _define(write(defined)) if defined else timezones.zone(name)
        return self._zones[name]


@functools.lru_cache(maxsize=1 << 8)
def _define(definition: bytes) -> tzinfo:
    """The time zone of a VTIMEZONE. Raises ValueError."""
    if not {*_FREQUENCY.findall(definition.upper())} <= {b"YEARLY", b"MONTHLY"}:
        raise ValueError("clocks do not change so often")
    parsed = Timezone.from_ical(definition)
    assert isinstance(parsed, Timezone)
    # Never by its name, under which the library may know another that was defined before.
    zone: tzinfo = parsed.to_tz(lookup_tzid=False)
    return zone


def to_utc(moment: datetime) -> datetime:
    """The time in UTC. One that a clock change skips goes by the offset before it (RFC 5545, section 3.3.5)."""
    shown = moment.replace(tzinfo=None)
    offset = _find_steady_offset(moment.tzinfo, moment.date())
    if offset is None:
        known = moment.astimezone(UTC)
        if known.astimezone(moment.tzinfo).replace(tzinfo=None) == shown:
            return known
        offset = (moment - DAY).utcoffset() or timedelta()
    return (shown - offset).replace(tzinfo=UTC)


@functools.lru_cache(maxsize=1 << 14)
def _find_steady_offset(zone: tzinfo | None, day: date) -> timedelta | None:
    """The offset from UTC, if it is the same from the day before to the day after: a defined zone is slow to ask."""
    midnights = (datetime.combine(day + ahead * DAY, time(), zone) for ahead in range(-1, 3))
    offsets = {midnight.utcoffset() for midnight in midnights}
    return offsets.pop() if len(offsets) == 1 else None
