"""The answer that shows how many are free in each hour of each day: When2Meet's picture (contract, section 5)."""

from datetime import date
from itertools import groupby
from typing import Any

from availability_service.domain.agreement import agree
from availability_service.domain.hourly import HourSegment, split_into_hours
from availability_service.representations import check_names, lay_out, reason
from common.domain.people import People
from common.domain.week import DAYS
from common.domain.window import local, rfc3339
from common.meetings.question import Question
from common.meetings.representations import represent_question


def heatmap(question: Question) -> dict[str, Any]:
    """For each day of the window in the asked zone, for each hour: how many of how many are free, and who."""
    people, segments = lay_out(question)
    required = people.bits(question.attendees)
    hours = split_into_hours(segments, question.window, required, question.quorum)
    check_names(question, people, len(hours))
    days = groupby(hours, key=lambda hour: local(hour.start, question.window.zone).date())
    return {
        **represent_question(question),
        "people_count": len(people.emails),
        "min_attendees": question.quorum,
        "days": [_day(question, people, date, hours) for date, hours in days],
        **reason(question, people, agree(segments, required, question.quorum)),
    }


def _day(question: Question, people: People, date: date, hours: Any) -> dict[str, Any]:
    return {
        "date": date.isoformat(),
        "day": DAYS[date.weekday()],
        "hours": [_hour(question, people, cell) for cell in hours],
    }


def _hour(question: Question, people: People, cell: HourSegment) -> dict[str, Any]:
    zone = question.window.zone
    hour = {
        "start": rfc3339(cell.start, zone),
        "end": rfc3339(cell.end, zone),
        "minutes": cell.end - cell.start,
        "quorum_minutes": cell.quorum_minutes,
        "available_count": cell.throughout.bit_count(),
        "partly_count": cell.partly.bit_count(),
    }
    if question.names:
        hour["available"] = people.names(cell.throughout)
        hour["partly"] = [
            {"email": email, "minutes": _minutes(people, cell, email)} for email in people.names(cell.partly)
        ]
        hour["missing"] = people.names(people.everybody & ~cell.throughout & ~cell.partly)
    return hour


def _minutes(people: People, cell: HourSegment, email: str) -> int:
    return cell.minutes_of(people.bits([email]))
