"""The components and properties of an iCalendar file (RFC 5545, section 3), without what their values mean.

`icalendar` splits the lines, and no more is asked of it: from a stranger's VTIMEZONE it would work out clock changes
for as long as that says, and keep them for all who come later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from icalendar.parser import Contentline, Contentlines

MAX_DEPTH = 8
_SHOWN = 40
_lines: Callable[[str], list[Contentline]] = Contentlines.from_ical


class CalendarError(ValueError):
    """A text that is no iCalendar file."""


class Property(NamedTuple):
    """A property as it is written."""

    params: Mapping[str, Any]
    value: str


@dataclass
class Component:
    """A component. Names are in upper case."""

    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    components: list["Component"] = field(default_factory=list)


def parse(body: bytes) -> Component:
    """A nameless component that holds the outermost ones. Raises CalendarError."""
    path = [Component("")]
    for line in filter(None, _lines(_text(body))):
        name, params, value = _parts(line)
        if name == "BEGIN":
            _begin(path, value)
        elif name == "END":
            if not value or path.pop().name != value.upper():
                raise CalendarError(f"{_shown(line)} ends nothing that begins here.")
        else:
            path[-1].properties.setdefault(name, []).append(Property(params, value))
    if len(path) > 1:
        raise CalendarError(f"BEGIN:{path[-1].name} has no END.")
    return path[0]


def _begin(path: list[Component], name: str) -> None:
    if len(path) > MAX_DEPTH:
        raise CalendarError(f"Components are nested deeper than {MAX_DEPTH} levels.")
    component = Component(name.upper())
    path[-1].components.append(component)
    path.append(component)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CalendarError("A calendar is written in UTF-8.") from None


def _parts(line: Contentline) -> tuple[str, Mapping[str, Any], str]:
    try:
        name, params, value = line.parts()
    except ValueError:
        raise CalendarError(f"{_shown(line)} is no line of a calendar.") from None
    return name.upper(), params, value.strip()


def _shown(line: str) -> str:
    return repr(line if len(line) <= _SHOWN else f"{line[:_SHOWN]}...")
