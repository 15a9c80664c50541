"""The answer to a question about a group, for people and for programs."""

from typing import Any

from availability_service import clients
from availability_service.domain.agreement import Agreement, agree
from availability_service.domain.timeline import Timeline, build_timeline
from common.api.exceptions import Problem
from common.domain.people import People
from common.domain.segments import Segment
from common.meetings.question import Question
from common.meetings.representations import represent_attendance, represent_interval, represent_question

MAX_NAMES = 1_000_000


class TooManyNames(Problem):
    """An answer with so many names that it would not fit into memory."""

    status_code = 400
    default_code = "too-many-names"
    default_detail = f"The answer would hold more than {MAX_NAMES} names. Ask with names=false, or for less time."


def common(question: Question, *, compact: bool) -> dict[str, Any]:
    """When the group can meet (contract, section 5)."""
    people, segments = lay_out(question)
    agreement = agree(segments, people.bits(question.attendees), question.quorum)
    return {
        **represent_question(question),
        **(_compact(people, agreement) if compact else _plain(question, people, agreement)),
        **reason(question, people, agreement),
    }


def lay_out(question: Question) -> Timeline:
    """Everybody who is asked about, and who of them is free when."""
    asked = clients.people(question.attendees + question.optional_attendees)
    return build_timeline(asked, question.window.start, question.window.end)


def reason(question: Question, people: People, agreement: Agreement) -> dict[str, Any]:
    """Why there is no common time, if there is none, and who is in the way."""
    told: dict[str, Any] = {"empty_reason": agreement.empty_reason}
    if agreement.empty_reason:
        told["blockers_count"] = agreement.blockers.bit_count()
        if question.names:
            told["blockers"] = people.names(agreement.blockers)
    return told


def check_names(question: Question, people: People, intervals: int) -> None:
    """Raises TooManyNames when naming everybody in each of so many intervals would be too much."""
    if question.names and len(people.emails) * intervals > MAX_NAMES:
        raise TooManyNames


def _compact(people: People, agreement: Agreement) -> dict[str, Any]:
    segments = [[segment.start, segment.end, format(segment.present, "x")] for segment in agreement.segments]
    return {"people": people.emails, "segments": segments}


def _plain(question: Question, people: People, agreement: Agreement) -> dict[str, Any]:
    if question.detailed:
        check_names(question, people, len(agreement.segments))
    return {"common": [_interval(question, people, segment) for segment in agreement.segments]}


def _interval(question: Question, people: People, segment: Segment) -> dict[str, Any]:
    interval = represent_interval(question, segment.start, segment.end) | {"minutes": segment.end - segment.start}
    return interval | represent_attendance(question, people, segment.present) if question.detailed else interval
