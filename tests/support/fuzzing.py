"""What our calls want beyond what JSON Schema can say: Schemathesis keeps to it where it means to be understood."""

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

from common.domain import timezones, window

MAX_EMAILS_IN_QUERY = 50
CALENDAR = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//fuzzing//EN\r
BEGIN:VAVAILABILITY\r
UID:1\r
DTSTAMP:20300101T000000Z\r
BEGIN:AVAILABLE\r
UID:2\r
DTSTAMP:20300101T000000Z\r
DTSTART;TZID=Europe/Berlin:20240101T090000\r
DTEND;TZID=Europe/Berlin:20240101T120000\r
RRULE:FREQ=WEEKLY\r
END:AVAILABLE\r
END:VAVAILABILITY\r
END:VCALENDAR\r
"""


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Leaves every fiftieth time zone: all of them, in each place, would take the time of everything else."""
    names = raw_schema["components"]["schemas"]["TimeZone"]["enum"]
    names[:] = names[::50]


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Mends what is valid by the schema alone."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if case.media_type == "text/calendar":
        case.body = CALENDAR
    for values in (case.query, case.body):
        if isinstance(values, dict):
            _mend_window(values)
            _mend_range(values)
            _mend_calendar(values)
            _mend_people(values)
            _mend_intervals(values)
            if b"\0" in base64.urlsafe_b64decode(str(values.get("cursor", ""))):
                values["cursor"] = "YQ=="


def _mend_window(values: dict[str, Any]) -> None:
    """Ends after it begins, at most 92 days later, in years that are known in that zone."""
    if not all(isinstance(values.get(name, ""), str) for name in ("start", "end")):
        return
    try:
        start, end = (window.parse_moment(values[name]) if name in values else None for name in ("start", "end"))
        window.resolve(start, end, timezones.zone(values.get("timezone", timezones.DEFAULT)), datetime.now(UTC))
    except ValueError:
        values |= {"start": "2030-01-07", "end": "2030-01-14T12:00:00+05:45"}


def _mend_range(values: dict[str, Any]) -> None:
    """The last date is not before the first, nor a year after it."""
    if {"from", "to"} <= values.keys():
        first, last = sorted(map(date.fromisoformat, (values["from"], values["to"])))
        values |= {"from": first.isoformat(), "to": min(last, first + timedelta(days=300)).isoformat()}


def _mend_calendar(values: dict[str, Any]) -> None:
    """A calendar has what its kind needs, and nothing of another."""
    intervals = [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T10:00:00Z"}]
    needed: dict[str, dict[str, Any]] = {
        "busy": {"intervals": intervals},
        "feed": {"url": "https://calendar.example.org/a.ics"},
        "caldav": {"url": "https://calendar.example.org/", "username": "ann", "password": "secret"},
    }
    if str(values.get("kind", "")).lower() in needed:
        kind = {name: values[name] for name in ("kind", "tentative") if name in values}
        values.clear()
        values |= kind | needed[str(kind["kind"]).lower()]


def _mend_people(values: dict[str, Any]) -> None:
    """No quorum of more people than there are, no more people than a query may name, no organizer from elsewhere."""
    for name in ("attendees", "optional_attendees", "email"):
        if isinstance(values.get(name), list):
            values[name] = values[name][: MAX_EMAILS_IN_QUERY // 2]
    if "min_attendees" in values:
        # In a query it is a text.
        values["min_attendees"] = min(int(values["min_attendees"]), len(set(values["attendees"])))
    if "organizer" in values:
        values["organizer"] = values["attendees"][0]


def _mend_intervals(values: dict[str, Any]) -> None:
    """Each interval of a week, or of a new user's, ends after it starts."""
    for interval in values.get("availability", values).get("intervals", []):
        interval["start"], interval["end"] = sorted([interval["start"], interval["end"]])
        if interval["start"] == interval["end"]:
            interval["end"] = "24:00"
