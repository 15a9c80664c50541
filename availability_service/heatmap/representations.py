"""The JSON of When2Meet's picture (contract, section 5)."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from availability_service.domain.hourly import HourSegment
from availability_service.representations import check_names
from availability_service.services import Heatmap
from common.domain.people import People
from common.domain.week import DAYS
from common.domain.window import local, rfc3339
from common.meetings.question import Question
from common.meetings.representations import represent_calendars, represent_empty_reason, represent_question


def represent_heatmap(question: Question, heatmap: Heatmap) -> dict[str, Any]:
    """For each day of the window in the asked zone, for each hour: how many of how many are free, and who.

    Raises TooManyNames.
    """
    check_names(question, heatmap.people, len(heatmap.hours))
    days = groupby(heatmap.hours, key=lambda hour: local(hour.start, question.window.zone).date())
    return {
        **represent_question(question),
        "people_count": len(heatmap.people.emails),
        "min_attendees": question.quorum,
        "days": [_represent_day(question, heatmap.people, day, hours) for day, hours in days],
        **represent_empty_reason(question, heatmap.people, heatmap.empty_reason),
        **represent_calendars(question, heatmap.calendars),
    }


def _represent_day(question: Question, people: People, day: date, hours: Iterable[HourSegment]) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "day": DAYS[day.weekday()],
        "hours": [_represent_hour(question, people, hour) for hour in hours],
    }


def _represent_hour(question: Question, people: People, hour: HourSegment) -> dict[str, Any]:
    zone = question.window.zone
    counts: dict[str, Any] = {
        "start": rfc3339(hour.start, zone),
        "end": rfc3339(hour.end, zone),
        "minutes": hour.end - hour.start,
        "quorum_minutes": hour.quorum_minutes,
        "available_count": hour.throughout.bit_count(),
        "partly_count": hour.partly.bit_count(),
    }
    if not question.names:
        return counts
    partly = people.names(hour.partly)
    return counts | {
        "available": people.names(hour.throughout),
        "partly": [{"email": email, "minutes": hour.minutes_of(people.bits([email]))} for email in partly],
        "missing": people.names(people.everybody & ~hour.throughout & ~hour.partly),
    }
