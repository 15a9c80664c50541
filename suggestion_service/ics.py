"""Suggestions as a calendar file: an event for each (contract, section 8)."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vDDDTypes

from common.api import calendars
from common.api.exceptions import Problem
from common.domain import timezones
from common.domain.window import EPOCH, MINUTE

MAX_LINES = 10_000
ROLES = {"attendees": "REQ-PARTICIPANT", "optional_attendees": "OPT-PARTICIPANT"}
EMPTY_REASON = "X-W2MEET-EMPTY-REASON"


class TooManyAttendees(Problem):
    """A calendar with so many lines that writing it would hold up everybody else."""

    status_code = 400
    default_code = "too-many-names"
    default_detail = (
        f"The calendar would name more than {MAX_LINES} attendees. Ask with names=false, or for fewer suggestions."
    )


def suggestions(answer: dict[str, Any]) -> Calendar:
    """The calendar of an answer. Without suggestions it holds the time zone and the reason. Raises TooManyAttendees."""
    zone = timezones.zone(answer["timezone"])
    if sum(len(one.get("available", [])) + len(one.get("missing", [])) for one in answer["suggestions"]) > MAX_LINES:
        raise TooManyAttendees
    events = [_event(answer, suggestion, zone) for suggestion in answer["suggestions"]]
    calendar = calendars.new(calendars.timezone(zone, _minute(answer["start"]), _minute(answer["end"])), *events)
    if reason := answer["empty_reason"]:
        calendar.add(EMPTY_REASON, reason)
    return calendar


def _event(answer: dict[str, Any], suggestion: dict[str, Any], zone: ZoneInfo) -> Event:
    start, end = (datetime.fromisoformat(suggestion[side]).astimezone(zone) for side in ("start", "end"))
    event = Event()
    event.add("UID", calendars.uid(*answer["attendees"], *(str(side.astimezone(UTC)) for side in (start, end))))
    event.add("DTSTAMP", timezone.now())
    event.add("DTSTART", _moment(start, zone))
    event.add("DTEND", _moment(end, zone))
    event.add("SUMMARY", f"Meeting of {suggestion['available_count']}")
    event.add("STATUS", "TENTATIVE")
    if "available" in suggestion:
        _add_people(event, answer, suggestion)
    return event


def _moment(shown: datetime, zone: ZoneInfo) -> vDDDTypes:
    # Of an hour that a clock shows twice, a time zone names only the first (RFC 5545, section 3.3.5).
    return vDDDTypes(shown.astimezone(UTC)) if shown.fold else calendars.moment(shown, zone)


def _add_people(event: Event, answer: dict[str, Any], suggestion: dict[str, Any]) -> None:
    for member, role in ROLES.items():
        for email in answer.get(member, []):
            event.add("ATTENDEE", vCalAddress(calendars.mailto(email)), parameters={"ROLE": role})
    if suggestion["missing"]:
        event.add("DESCRIPTION", f"Not free: {', '.join(suggestion['missing'])}")


def _minute(moment: str) -> int:
    return (datetime.fromisoformat(moment) - EPOCH) // MINUTE
