"""The JSON of what availability-service answers."""

from typing import Any

from common.api.exceptions import Problem
from common.domain.people import People
from common.domain.segments import CommonTime, Segment
from common.meetings.question import Question
from common.meetings.representations import (
    represent_attendance,
    represent_calendars,
    represent_empty_reason,
    represent_interval,
    represent_question,
)

MAX_NAMES = 1_000_000


class TooManyNames(Problem):
    """An answer with so many names that it would not fit into memory."""

    status_code = 400
    default_code = "too-many-names"
    default_detail = f"The answer would hold more than {MAX_NAMES} names. Ask with names=false, or for less time."


def represent_common_time(question: Question, common_time: CommonTime) -> dict[str, Any]:
    """When the group can meet (contract, section 5). Raises TooManyNames."""
    if question.detailed:
        check_names(question, common_time.people, len(common_time.segments))
    return {
        **represent_question(question),
        "common": [_represent_segment(question, common_time.people, segment) for segment in common_time.segments],
        **represent_empty_reason(question, common_time.people, common_time.empty_reason),
        **represent_calendars(question, common_time.calendars),
    }


def check_names(question: Question, people: People, intervals: int) -> None:
    """Raises TooManyNames when naming everybody in each of so many intervals would be too much."""
    if question.names and len(people.emails) * intervals > MAX_NAMES:
        raise TooManyNames


def _represent_segment(question: Question, people: People, segment: Segment) -> dict[str, Any]:
    interval = represent_interval(question, segment.start, segment.end) | {"minutes": segment.end - segment.start}
    return interval | represent_attendance(question, people, segment.present) if question.detailed else interval
