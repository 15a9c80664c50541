"""The JSON that the answers about a group have in common (contract, sections 5 and 6)."""

from typing import Any

from common.domain.calendars import GroupCalendars
from common.domain.empty_reasons import EmptyReason
from common.domain.people import People
from common.domain.window import rfc3339, weekday
from common.meetings.question import Question


def represent_question(question: Question) -> dict[str, Any]:
    """Who was asked about, and when."""
    window = question.window
    optional = {"optional_attendees": question.optional_attendees} if question.optional_attendees else {}
    return {
        "attendees": question.attendees,
        **optional,
        "timezone": window.zone.key,
        "start": rfc3339(window.start, window.zone),
        "end": rfc3339(window.end, window.zone),
    }


def represent_interval(question: Question, start: int, end: int) -> dict[str, Any]:
    """The minutes from `start` to `end`, as told in the asked zone."""
    zone = question.window.zone
    return {"start": rfc3339(start, zone), "end": rfc3339(end, zone), "day": weekday(start, zone)}


def represent_attendance(question: Question, people: People, present: int) -> dict[str, Any]:
    """How many are there and, unless only counts are wanted, who is and who is not."""
    counts: dict[str, Any] = {"available_count": present.bit_count()}
    if question.names:
        counts["available"] = people.names(present)
        counts["missing"] = people.names(people.everybody & ~present)
    return counts


def represent_empty_reason(question: Question, people: People, reason: EmptyReason | None) -> dict[str, Any]:
    """Why there is no time, if there is none, and how long the longest is, or who is in the way."""
    if reason is None:
        return {"empty_reason": None}
    if reason.longest_minutes is not None:
        return {"empty_reason": reason.code, "longest_minutes": reason.longest_minutes}
    counts: dict[str, Any] = {"empty_reason": reason.code, "blockers_count": reason.blockers.bit_count()}
    if not question.names:
        return counts
    return counts | {"blockers": people.names(reason.blockers), "because": dict(sorted(reason.because.items()))}


def represent_calendars(question: Question, calendars: GroupCalendars | None) -> dict[str, Any]:
    """How well the calendars are known on which an answer rests: null if nobody has any."""
    if calendars is None:
        return {"calendars": None}
    as_of = _write_time(question, calendars.as_of)
    people = {"stale": calendars.stale, "unread": calendars.unread, "beyond": calendars.beyond}
    if not question.names:
        return {"calendars": {"as_of": as_of, **{name: len(emails) for name, emails in people.items()}}}
    readings = {
        email: {"as_of": _write_time(question, reading.as_of), "until": _write_time(question, reading.until)}
        for email, reading in calendars.readings.items()
    }
    return {"calendars": {"as_of": as_of, **people, **({"readings": readings} if readings else {})}}


def _write_time(question: Question, minute: int | None) -> str | None:
    return None if minute is None else rfc3339(minute, question.window.zone)
