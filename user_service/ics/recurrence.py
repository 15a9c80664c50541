"""What the components of a VAVAILABILITY say of a week. What W2Meet could not keep is refused rather than lost."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from icalendar import vDuration

from common.domain import timezones, week
from user_service.ics.components import Component, Property
from user_service.ics.writer import WEEKDAYS

_TIME = re.compile(r"(\d{8}T\d{6})(Z?)", re.ASCII)
_HOW_TO_WRITE_TIMES = "Write a date, a time and a time zone, such as DTSTART;TZID=Europe/Berlin:20240101T090000."
_HOW_TO_WRITE_RULES = "A week is told by what repeats each week: FREQ=WEEKLY, perhaps with BYDAY, and nothing more."
_HOUR = timedelta(hours=1)
_duration: Callable[[str], timedelta] = vDuration.from_ical
_EXCEPTIONS = ("EXDATE", "EXRULE", "RDATE", "RECURRENCE-ID")


class NotKeptError(ValueError):
    """A property that cannot be kept, by name, and why."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def free_hours(available: Component) -> tuple[int, str]:
    """The week in which the hours of an AVAILABLE are free, and the name of its time zone. Raises NotKeptError."""
    refuse(available, _EXCEPTIONS, "A week repeats without exceptions.")
    start, zone = time(available, "DTSTART")
    hours, rest = divmod(_length(available, start, zone), _HOUR)
    if rest or start.minute or start.second:
        raise NotKeptError("DTSTART", "A week is of whole hours.")
    if not 0 < hours <= week.SLOTS:
        raise NotKeptError("DTEND", "The end must be later than the start, by a week at most.")
    slots = {
        (day * week.HOURS + start.hour + hour) % week.SLOTS for day in _days(available, start) for hour in range(hours)
    }
    return sum(1 << (week.SLOTS - 1 - slot) for slot in slots), zone


def refuse(component: Component, names: tuple[str, ...], message: str) -> None:
    """Raises NotKeptError when the component has any of these properties."""
    for name in names:
        if name in component.properties:
            raise NotKeptError(name, message)


def time(component: Component, name: str) -> tuple[datetime, str]:
    """What the clock shows, and the name of its time zone. Raises NotKeptError."""
    params, value = _one(component, name)
    match = _TIME.fullmatch(value)
    zone = params.get("TZID") if match and not match[2] else timezones.DEFAULT
    if not match or not isinstance(zone, str):
        raise NotKeptError(name, _HOW_TO_WRITE_TIMES)
    try:
        shown = datetime.strptime(match[1], "%Y%m%dT%H%M%S")  # noqa: DTZ007
        return shown, timezones.zone(zone).key
    except ValueError as bad:
        raise NotKeptError(name, str(bad)) from None


def _length(available: Component, start: datetime, zone: str) -> timedelta:
    if "DTEND" not in available.properties:
        try:
            return _duration(_one(available, "DURATION").value)
        except ValueError:
            raise NotKeptError("DURATION", "Give a DTEND, or a DURATION such as PT3H.") from None
    end, end_zone = time(available, "DTEND")
    if end_zone != zone:
        raise NotKeptError("DTEND", "The end is in the time zone of the start.")
    return end - start


def _days(available: Component, start: datetime) -> set[int]:
    """On which days, 0 to 6, what begins with `start` repeats."""
    rule = dict(part.partition("=")[::2] for part in _one(available, "RRULE").value.upper().split(";"))
    rule.pop("WKST", None)
    repeated, interval, days = rule.pop("FREQ", ""), rule.pop("INTERVAL", "1"), rule.pop("BYDAY", "")
    every = WEEKDAYS if repeated == "DAILY" else (WEEKDAYS[start.weekday()],)
    chosen = set(days.split(",") if days else every)
    if rule or repeated not in ("DAILY", "WEEKLY") or interval != "1" or not chosen <= set(WEEKDAYS):
        raise NotKeptError("RRULE", _HOW_TO_WRITE_RULES)
    return {WEEKDAYS.index(day) for day in chosen}


def _one(component: Component, name: str) -> Property:
    properties = component.properties.get(name, [])
    if len(properties) != 1:
        raise NotKeptError(name, f"There is more than one {name}." if properties else f"{name} is missing.")
    return properties[0]
