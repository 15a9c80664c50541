"""The answer to a question for a slot."""

import secrets
from typing import Any

from common.domain.empty_reasons import TOO_SHORT
from common.domain.people import People
from common.domain.segments import Segment
from common.meetings.question import Question
from common.meetings.representations import represent_attendance, represent_interval, represent_question
from suggestion_service import clients
from suggestion_service.selection import candidates, choose, longest
from suggestion_service.serializers import MAX_SEED


def suggestions(values: dict[str, Any]) -> dict[str, Any]:
    """What is suggested to the group (contract, section 6)."""
    asked = Question.from_validated(values)
    seed = values.get("seed", secrets.randbelow(MAX_SEED + 1))
    common = clients.common(asked)
    quorum = {"required": common.people.bits(asked.attendees), "quorum": asked.quorum}
    meetings = list(candidates(common.intervals, duration=values["duration"], step=values["step"], **quorum))
    reason = common.reason
    if common.intervals and not meetings:
        reason = {"empty_reason": TOO_SHORT, "longest_minutes": longest(common.intervals, **quorum)}
    return {
        **represent_question(asked),
        "duration": values["duration"],
        "prefer": values["prefer"],
        **({"seed": seed} if values["prefer"] == "random" else {}),
        "suggestions": [
            _suggestion(asked, common.people, meeting)
            for meeting in choose(meetings, values["prefer"], values["limit"], seed)
        ],
        **reason,
    }


def _suggestion(asked: Question, people: People, meeting: Segment) -> dict[str, Any]:
    return represent_interval(asked, meeting.start, meeting.end) | represent_attendance(asked, people, meeting.present)
