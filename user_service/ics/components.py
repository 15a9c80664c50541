"""The components and properties of an iCalendar file (RFC 5545, section 3), without what their values mean.

`icalendar` would read too much: from a stranger's VTIMEZONE it works out clock changes for as long as that says, and
keeps them for all who come later.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_DEPTH = 8
_SHOWN = 40
_LINE_END = re.compile(rb"\r\n?")
_FOLD = re.compile(rb"\n[ \t]")
_VALUE = r'(?:"[^"]*"|[^";:])*'
_LINE = re.compile(rf"([\w-]+)((?:;[\w-]+={_VALUE})*):(.*)", re.ASCII)
_PARAMETER = re.compile(rf";([\w-]+)=({_VALUE})", re.ASCII)


class CalendarError(ValueError):
    """A text that is no iCalendar file."""


class Property(NamedTuple):
    """A property as it is written; or, with a `fault`, one that cannot be read, and why. Names are in upper case."""

    params: Mapping[str, str]
    value: str
    fault: str = ""


@dataclass
class Component:
    """A component. Names are in upper case."""

    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    components: list["Component"] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The value of the first property of that name; an empty text without one."""
        return next((found.value for found in self.properties.get(name, [])), "")


def unfold(body: bytes) -> bytes:
    """The content lines of a file, each ended by a line feed. One may be folded between the bytes of one character."""
    return _FOLD.sub(b"", _LINE_END.sub(b"\n", body.removeprefix(codecs.BOM_UTF8)))


def parse(body: bytes) -> Component:
    """A nameless component that holds the outermost ones. Raises CalendarError.

    A bad line is no fault of the file, but of the property that it begins with: most of them nobody reads.
    """
    path = [Component("")]
    for line in unfold(body).decode(errors="replace").split("\n"):
        name, content = _read_line(line)
        if name == "BEGIN":
            if len(path) > MAX_DEPTH:
                raise CalendarError(f"Components are nested deeper than {MAX_DEPTH} levels.")
            component = Component(content.value.upper())
            path[-1].components.append(component)
            path.append(component)
        elif name == "END":
            if not content.value or path.pop().name != content.value.upper():
                raise CalendarError(f"{_shorten(line)} ends nothing that begins here.")
        elif name:
            path[-1].properties.setdefault(name, []).append(content)
    if len(path) > 1:
        raise CalendarError(f"BEGIN:{_shorten(path[-1].name)} has no END.")
    if not path[0].components:
        raise CalendarError("It has no line BEGIN:VCALENDAR, in UTF-8.")
    return path[0]


def write(*components: Component) -> bytes:
    """The components as a file, in which a property has a fault that has one here."""
    return "\n".join(line for component in components for line in _write_lines(component)).encode()


def _write_lines(component: Component) -> Iterator[str]:
    yield f"BEGIN:{component.name}"
    for name, properties in component.properties.items():
        for params, value, fault in properties:
            content = "".join([*(f';{key}="{text}"' for key, text in params.items()), ":", value])
            yield f"{name};:" if fault else f"{name}{content}"
    for inner in component.components:
        yield from _write_lines(inner)
    yield f"END:{component.name}"


def _read_line(line: str) -> tuple[str, Property]:
    match = _LINE.fullmatch(line)
    if not match:
        name = line.partition(":")[0].partition(";")[0].strip()
        return name.upper(), Property({}, "", "Write this as NAME:value or NAME;PARAMETER=value:value.")
    pairs = [(name.upper(), value.strip('"')) for name, value in _PARAMETER.findall(match[2])]
    params = dict(pairs)
    fault = "" if len(params) == len(pairs) else "A parameter is named twice."
    return match[1].upper(), Property(params, match[3].strip(), fault)


def _shorten(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
