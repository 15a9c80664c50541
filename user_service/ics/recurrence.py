"""What the components of a VAVAILABILITY say of a week. What W2Meet could not keep is refused rather than lost."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from icalendar import vDuration

from common.domain import week
from common.domain.window import DAY
from user_service.ics.components import Component, Property
from user_service.ics.writer import WEEKDAYS
from user_service.ics.zones import find_zone

UTC_TIME = "Z"
_TIME = re.compile(r"(\d{8})(?:T(\d{6}))?(Z?)", re.ASCII)
_HOW_TO_WRITE_TIMES = "Write a date, a time and a time zone, such as DTSTART;TZID=Europe/Berlin:20240101T090000."
_HOW_TO_WRITE_RULES = "A week is told by what repeats each week: FREQ=WEEKLY, perhaps with BYDAY, and nothing more."
_TOO_SHORT_OR_LONG = "The end must be later than the start, by a week at most."
_WHOLE_QUARTERS = "A week is of quarters of an hour."
_QUARTER = timedelta(minutes=week.QUARTER_MINUTES)
_duration: Callable[[str], timedelta] = vDuration.from_ical
_EXCEPTIONS = ("EXDATE", "EXRULE", "RDATE", "RECURRENCE-ID")


class NotKeptError(ValueError):
    """A property that cannot be kept, by name, and why."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class LocalTime(NamedTuple):
    """What a clock shows: that of the zone; in UTC_TIME, the world's; or, for None, the one on the user's own wall."""

    shown: datetime
    zone: str | None
    is_day: bool


def read_week(available: Component) -> tuple[int, str | None]:
    """The week in which the time of an AVAILABLE is free, and the zone of a LocalTime. Raises NotKeptError."""
    start, first, quarters = read_stretch(available, "A week repeats without exceptions.")
    slots = {
        (day * week.QUARTERS + first + quarter) % week.QUARTERS_OF_WEEK
        for day in read_days(available, start.shown)
        for quarter in range(quarters)
    }
    return sum(1 << (week.QUARTERS_OF_WEEK - 1 - slot) for slot in slots), start.zone


def read_stretch(available: Component, no_exceptions: str) -> tuple[LocalTime, int, int]:
    """When an AVAILABLE begins, in which quarter of that day, and how many quarters it lasts.

    Raises NotKeptError, which is in the words `no_exceptions` where there are exceptions.
    """
    _refuse(available, _EXCEPTIONS, no_exceptions)
    start = read_time(available, "DTSTART")
    first, rest = divmod(start.shown - datetime.combine(start.shown, time()), _QUARTER)
    if rest:
        raise NotKeptError("DTSTART", _WHOLE_QUARTERS)
    side, length = read_length(available, start)
    quarters, rest = divmod(length, _QUARTER)
    if not timedelta() < length <= week.QUARTERS_OF_WEEK * _QUARTER:
        raise NotKeptError(side, _TOO_SHORT_OR_LONG)
    if rest:
        raise NotKeptError(side, _WHOLE_QUARTERS)
    return start, first, quarters


def _refuse(component: Component, names: tuple[str, ...], message: str) -> None:
    """Raises NotKeptError when the component has any of these properties."""
    for name in names:
        if name in component.properties:
            raise NotKeptError(name, message)


def read_one(component: Component, name: str) -> Property:
    """The one property of this name. Raises NotKeptError."""
    properties = component.properties.get(name, [])
    if len(properties) != 1:
        raise NotKeptError(name, f"There is more than one {name}." if properties else f"{name} is missing.")
    if properties[0].fault:
        raise NotKeptError(name, properties[0].fault)
    return properties[0]


def read_time(component: Component, name: str) -> LocalTime:
    """A time, or the midnight with which a day begins. Raises NotKeptError."""
    params, value, _ = read_one(component, name)
    match = _TIME.fullmatch(value)
    if not match or (match[3] and not match[2]):
        raise NotKeptError(name, _HOW_TO_WRITE_TIMES)
    if match[3] and "TZID" in params:
        raise NotKeptError(name, "A time has a TZID or ends with Z, not both.")
    try:
        shown = datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise NotKeptError(name, f"{value} is not a day or a time that exists.") from None
    return LocalTime(shown, UTC_TIME if match[3] else read_zone(component, name), is_day=not match[2])


def read_zone(component: Component, name: str) -> str | None:
    """The name of the time zone of a property's TZID, if it has one. Raises NotKeptError."""
    tzid = read_one(component, name).params.get("TZID")
    return parse_zone(name, tzid) if tzid else None


def parse_zone(name: str, text: str) -> str:
    """The name of a time zone, as the property of this name has it. Raises NotKeptError."""
    try:
        return find_zone(text)
    except ValueError as unknown:
        raise NotKeptError(name, str(unknown)) from None


def read_length(component: Component, start: LocalTime) -> tuple[str, timedelta]:
    """How long a component is, and the property that says so. A day without an end is a whole one."""
    if "DURATION" in component.properties:
        _refuse(component, ("DTEND",), "Give a DTEND or a DURATION, not both.")
        try:
            return "DURATION", _duration(read_one(component, "DURATION").value)
        except (ValueError, OverflowError):
            raise NotKeptError("DURATION", "Give a DTEND, or a DURATION such as PT3H.") from None
    if start.is_day and "DTEND" not in component.properties:
        return "DTSTART", DAY
    end = read_time(component, "DTEND")
    if (end.zone, end.is_day) != (start.zone, start.is_day):
        raise NotKeptError("DTEND", "The end is a time in the time zone of the start, or a day as the start is.")
    return "DTEND", end.shown - start.shown


def read_days(available: Component, start: datetime) -> set[int]:
    """On which days, 0 to 6, what begins with `start` repeats."""
    if "RRULE" not in available.properties:
        raise NotKeptError("RRULE", "This is free once, and a week repeats: add RRULE:FREQ=WEEKLY.")
    parts = [part.partition("=")[::2] for part in read_one(available, "RRULE").value.upper().split(";") if part]
    rule = dict(parts)
    if len(rule) < len(parts):
        raise NotKeptError("RRULE", "A part of the rule is named twice.")
    rule.pop("WKST", None)
    repeated, interval = rule.pop("FREQ", ""), rule.pop("INTERVAL", "1")
    every = WEEKDAYS if repeated == "DAILY" else (WEEKDAYS[start.weekday()],)
    chosen = set(rule.pop("BYDAY").split(",") if "BYDAY" in rule else every)
    is_each_time = interval.lstrip("0") == "1"
    if rule or repeated not in ("DAILY", "WEEKLY") or not is_each_time or not chosen <= set(WEEKDAYS):
        raise NotKeptError("RRULE", _HOW_TO_WRITE_RULES)
    return {WEEKDAYS.index(day) for day in chosen}
