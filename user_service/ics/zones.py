"""Time zones as the calendars of other programs name them."""

import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from common.domain import timezones
from user_service.ics.components import Component, Property

DISPLAY_ZONE = "X-WR-TIMEZONE"  # by which clock a calendar is meant, as Apple and Google write it
DEFINITION = "VTIMEZONE"
# The zone that a definition is of, as libical writes it.
_LOCATION = "X-LIC-LOCATION"
_OFFSET = re.compile(r"(?:UTC|GMT)([+-])(\d\d?)(?::?00)?", re.ASCII)
# Outlook shows zones so: (UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna.
_SHOWN = re.compile(r"\((?:UTC|GMT)([+-][01]\d:[0-5]\d)?\) (.+)", re.ASCII)
_SEASONS = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7)]


def name_zones(calendar: Component) -> None:
    """Puts the IANA name of each time zone of a VCALENDAR in the place of what another program calls it.

    A definition (VTIMEZONE) goes where its name, or its X-LIC-LOCATION, says which zone it is. It stays where the
    name could only be guessed, and then the name does; so does a name that nobody knows.
    """
    definitions = {_text(inner, "TZID"): inner for inner in calendar.components if inner.name == DEFINITION}
    for tzid, definition in definitions.items():
        definition.properties["TZID"] = [Property({}, tzid)]
    located = {tzid: _recognise(_text(definition, _LOCATION)) for tzid, definition in definitions.items()}

    def rename(text: str) -> str:
        guess = None if text in definitions else _guess(text)
        return _recognise(text) or located.get(text) or guess or text

    if displays := calendar.properties.get(DISPLAY_ZONE):
        calendar.properties[DISPLAY_ZONE] = [
            Property(params, rename(value), fault) for params, value, fault in displays
        ]
    others = [inner for inner in calendar.components if inner.name != DEFINITION]
    for inner in others:
        _rename_within(inner, rename)
    kept = [inner for tzid, inner in definitions.items() if rename(tzid) not in timezones.names()]
    calendar.components = kept + others


def find_zone(text: str) -> str:
    """The IANA name of a time zone. Raises ValueError.

    Windows has names of its own. Some programs write words of theirs before the name, as in
    /freeassociation.sourceforge.net/Europe/Berlin or tzone://Microsoft/Utc.
    """
    return _recognise(text) or _guess(text) or timezones.zone(text).key


def _text(component: Component, name: str) -> str:
    """The text of a property. It is written with backslashes (RFC 5545, section 3.3.11), and not so as a parameter."""
    return re.sub(r"\\([\\,;])", r"\1", component.text(name))


def _rename_within(component: Component, rename: Callable[[str], str]) -> None:
    for name, properties in component.properties.items():
        if any("TZID" in found.params for found in properties):
            component.properties[name] = [
                Property({**params, "TZID": rename(params["TZID"])} if "TZID" in params else params, value, fault)
                for params, value, fault in properties
            ]
    for inner in component.components:
        _rename_within(inner, rename)


@functools.lru_cache(maxsize=1 << 10)
def _recognise(text: str) -> str | None:
    """The zone of a name that is IANA's, with or without words before it, or Windows'."""
    parts = text.rsplit("/", 3)
    candidates = text, WINDOWS_TO_OLSON.get(text, ""), "/".join(parts[-3:]), "/".join(parts[-2:])
    return next((name for name in candidates if name in timezones.names()), None)


@functools.lru_cache(maxsize=1 << 10)
def _guess(text: str) -> str | None:
    """The zone that a name means which is shortened, an offset, or what Windows shows to people."""
    last = text.rpartition("/")[2].upper()
    if name := WINDOWS_TO_OLSON.get(f"{text} Standard Time") or (last if last in timezones.names() else None):
        return name
    if offset := _OFFSET.fullmatch(text):
        # The names of fixed offsets have the sign of POSIX: west is more.
        name = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"
        return name if name in timezones.names() else None
    if shown := _SHOWN.fullmatch(text):
        standard = datetime.strptime(shown[1] or "+00:00", "%z").utcoffset()
        named = (_places().get(place, "") for place in re.split(r", | Time", shown[2]))
        return next((name for name in named if name and _standard_offset(name) == standard), None)
    return None


@functools.cache
def _places() -> dict[str, str]:
    """Zones by the last part of their names as it is spoken; those of the United States come last ("Eastern")."""
    places = {name.rpartition("/")[2].replace("_", " "): name for name in sorted(timezones.names())}
    return places | {"Coordinated Universal": timezones.DEFAULT}


def _standard_offset(name: str) -> timedelta:
    zone = timezones.zone(name)
    return min(moment.astimezone(zone).utcoffset() or timedelta() for moment in _SEASONS)
