"""What busy time comes from in an iCalendar file (RFC 5545): times and rules, without titles, places and people."""

import re
from collections import Counter
from datetime import date, timedelta
from urllib.parse import unquote

import idna

from common.domain.window import EPOCH, MINUTE
from user_service.calendars.reading.times import read_duration
from user_service.ics.components import CalendarError, Component, Property, parse, unfold
from user_service.ics.zones import DEFINITION, DISPLAY_ZONE, name_zones

MAX_EVENTS = 10_000

_OBSERVANCE = ("DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO")
_EVENT = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "UID")
# What is kept of a component, and which are kept inside it.
_KEPT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "VCALENDAR": ((DISPLAY_ZONE,), (DEFINITION, "VEVENT", "VFREEBUSY")),
    "VEVENT": ((*_EVENT, "STATUS", "TRANSP"), ()),
    "VFREEBUSY": (("FREEBUSY",), ()),
    DEFINITION: (("TZID",), ("STANDARD", "DAYLIGHT")),
    "STANDARD": (_OBSERVANCE, ()),
    "DAYLIGHT": (_OBSERVANCE, ()),
}
_KEPT_PARAMETERS = ("TZID", "RANGE", "FBTYPE")
_OUTLOOK = "X-MICROSOFT-CDO-BUSYSTATUS"
_READ = {"BEGIN", "END", "ATTENDEE", "X-LIC-LOCATION", _OUTLOOK}.union(*(names for names, _ in _KEPT.values()))
_WANTED = re.compile(rf"^(?:{'|'.join(_READ)})[;:].*".encode(), re.IGNORECASE | re.MULTILINE)

_FREE = {"TRANSP": [Property({}, "TRANSPARENT")]}
_TENTATIVE = {"STATUS": [Property({}, "TENTATIVE")]}
_BUSY: dict[str, list[Property]] = {}
_BY_OUTLOOK = {"FREE": _FREE, "WORKINGELSEWHERE": _FREE, "TENTATIVE": _TENTATIVE, "BUSY": _BUSY, "OOF": _BUSY}
_UNTIL = re.compile(r"(?:^|;)UNTIL=(\d{8})", re.ASCII | re.IGNORECASE)
# An event is over in all time zones that long after its last day, if what it lasts beyond whole days is left out.
_SURELY_OVER = timedelta(days=3)


def scan(content: bytes, email: str, start: int) -> list[Component]:
    """The calendars of a file, each with what busy time from the minute `start` on comes from.

    Of an event for which the user of that email is not busy, TRANSP says so; of one that may not take place, STATUS.
    Names of zones are IANA's, identifiers are numbers. Events that make nobody busy, or are over, are left out unless
    they belong to others. What `write` makes of it is read as the same again. Raises CalendarError.
    """
    # Most lines of a file are of no use, and reading one takes far longer than seeing that.
    lines = b"\n".join(_WANTED.findall(unfold(content)))
    calendars = [found for found in parse(lines).components if found.name == "VCALENDAR"]
    today = (EPOCH + start * MINUTE).date()
    local, _, domain = email.rpartition("@")
    addresses = {f"mailto:{email}", f"mailto:{local}@{domain if domain.isascii() else idna.encode(domain).decode()}"}
    for calendar in calendars:
        name_zones(calendar)
        events = [inner for inner in calendar.components if inner.name == "VEVENT"]
        _number(events)
        for event in events:
            event.properties |= {"STATUS": [], "TRANSP": []} | _weigh(event, addresses)
        shared = Counter(event.text("UID") for event in events)
        # One of a series says where others of it are not.
        alone = [event for event in events if shared[event.text("UID")] == 1]
        useless = {id(event) for event in alone if event.properties["TRANSP"] or _is_over(event, today)}
        calendar.components = [inner for inner in calendar.components if id(inner) not in useless]
        _reduce(calendar)
    if not calendars:
        raise CalendarError("It has no line BEGIN:VCALENDAR.")
    if sum(inner.name == "VEVENT" for calendar in calendars for inner in calendar.components) > MAX_EVENTS:
        raise CalendarError(f"It has more than {MAX_EVENTS:,} events.")
    return calendars


def _number(events: list[Component]) -> None:
    """An identifier may hold a name, and most do hold an address. An event without one has its own."""
    numbers: dict[str, int] = {}
    for event in events:
        uid = event.text("UID") or f"\n{len(numbers)}"
        event.properties["UID"] = [Property({}, str(numbers.setdefault(uid, len(numbers))))]


def _weigh(event: Component, addresses: set[str]) -> dict[str, list[Property]]:
    """What TRANSP and STATUS say of an event for the user who has those addresses."""
    answers = {
        params.get("PARTSTAT", "").upper()
        for params, address, _ in event.properties.get("ATTENDEE", [])
        if unquote(address).lower() in addresses
    }
    status = event.text("STATUS").upper()
    if status == "CANCELLED" or "DECLINED" in answers:
        return _FREE
    transparent = _FREE if event.text("TRANSP").upper() == "TRANSPARENT" else None
    said = transparent or (_TENTATIVE if status == "TENTATIVE" else _BUSY)
    # Outlook says more by a word of its own (MS-OXCICAL).
    said = _BY_OUTLOOK.get(event.text(_OUTLOOK).upper(), said)
    return said or (_TENTATIVE if "TENTATIVE" in answers else _BUSY)


def _is_over(event: Component, today: date) -> bool:
    """Whether all of an event is over. One that cannot be read is not, nor a series that does not say until when."""
    rules = [rule.value for rule in event.properties.get("RRULE", [])]
    untils = [match[1] for rule in rules if (match := _UNTIL.search(rule))]
    if len(untils) < len(rules) or event.properties.keys() & {"RDATE", "RECURRENCE-ID"}:
        return False
    start, end = event.text("DTSTART")[:8], event.text("DTEND")[:8]
    try:
        length = date.fromisoformat(max(start, end)) - date.fromisoformat(start)
        length += read_duration(event.text("DURATION") or "P0D")
        return date.fromisoformat(max([start, *untils])) + length + _SURELY_OVER < today
    except (ValueError, OverflowError):
        return False


def _reduce(component: Component) -> None:
    """Leaves of a component what is kept."""
    names, inside = _KEPT[component.name]
    component.properties = {
        name: [
            Property({key: params[key] for key in _KEPT_PARAMETERS if key in params}, value, fault)
            for params, value, fault in component.properties[name]
        ]
        for name in names
        if component.properties.get(name)
    }
    component.components = [inner for inner in component.components if inner.name in inside]
    for inner in component.components:
        _reduce(inner)
