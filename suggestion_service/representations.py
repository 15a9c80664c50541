"""The JSON of what suggestion-service answers."""

from typing import Any

from common.meetings.question import Question
from common.meetings.representations import (
    represent_attendance,
    represent_calendars,
    represent_empty_reason,
    represent_interval,
    represent_question,
)
from suggestion_service.selection import Criteria
from suggestion_service.services import Suggestions


def represent_suggestions(question: Question, criteria: Criteria, suggestions: Suggestions) -> dict[str, Any]:
    """What is suggested to the group (contract, section 6)."""
    return {
        **represent_question(question),
        **represent_criteria(criteria),
        "suggestions": [
            represent_interval(question, meeting.start, meeting.end)
            | represent_attendance(question, suggestions.people, meeting.present)
            for meeting in suggestions.meetings
        ],
        **represent_empty_reason(question, suggestions.people, suggestions.empty_reason),
        **represent_calendars(question, suggestions.calendars),
    }


def represent_criteria(criteria: Criteria) -> dict[str, Any]:
    """What meetings were asked for."""
    align = {"align": criteria.align} if criteria.align else {}
    seed = {"seed": criteria.seed} if criteria.prefer == "random" else {}
    return {"duration": criteria.duration, "prefer": criteria.prefer, **align, **seed}
