"""Reads calendars with other libraries than the one that writes them."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from io import StringIO
from typing import Any

import vobject
from dateutil.rrule import rrulestr
from dateutil.tz import tzical


def read(text: str) -> Any:
    """The one VCALENDAR of a file, checked against the specification."""
    (calendar,) = vobject.readComponents(text)
    assert calendar.validate(raiseException=True)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    return calendar


def zone(text: str, name: str) -> tzinfo:
    """The clock that the VTIMEZONE of that name describes, going by the file alone."""
    found = tzical(StringIO(text)).get(name)
    assert isinstance(found, tzinfo)
    return found


def repeats(component: Any, start: datetime, end: datetime) -> Iterator[datetime]:
    """The quarters of an hour that a component which repeats covers, as the clock of its time zone shows them."""
    length = component.dtend.value - component.dtstart.value
    rule = rrulestr(component.rrule.value, dtstart=component.dtstart.value.replace(tzinfo=None))
    for begin in rule.between(start, end, inc=True):
        for quarter in range(length // timedelta(minutes=15)):
            yield begin + timedelta(minutes=15 * quarter)
