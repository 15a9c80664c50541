"""The answer to a question about a group, for people and for programs."""

from typing import Any

from availability_service import clients
from availability_service.agreement import Agreement, agree
from availability_service.timeline import Piece, timeline
from common.answer import echo, presence, stretch
from common.people import People
from common.problems import Problem
from common.question import Question

MAX_NAMES = 1_000_000


class TooManyNames(Problem):
    """An answer with so many names that it would not fit into memory."""

    status_code = 400
    default_code = "too-many-names"
    default_detail = f"The answer would hold more than {MAX_NAMES} names. Ask with names=false, or for less time."


def common(question: Question, *, compact: bool) -> dict[str, Any]:
    """When the group can meet (contract, section 5)."""
    asked = clients.people(question.attendees + question.optional_attendees)
    people, pieces = timeline(asked, question.window.start, question.window.end)
    agreement = agree(pieces, people.bits(question.attendees), question.quorum)
    return {
        **echo(question),
        **(_compact(people, agreement) if compact else _plain(question, people, agreement)),
        **_reason(question, people, agreement),
    }


def _reason(question: Question, people: People, agreement: Agreement) -> dict[str, Any]:
    reason: dict[str, Any] = {"empty_reason": agreement.empty_reason}
    if agreement.empty_reason:
        reason["blockers_count"] = agreement.blockers.bit_count()
        if question.names:
            reason["blockers"] = people.names(agreement.blockers)
    return reason


def _compact(people: People, agreement: Agreement) -> dict[str, Any]:
    pieces = [[piece.start, piece.end, format(piece.present, "x")] for piece in agreement.pieces]
    return {"people": people.emails, "pieces": pieces}


def _plain(question: Question, people: People, agreement: Agreement) -> dict[str, Any]:
    if question.detailed and question.names and len(people.emails) * len(agreement.pieces) > MAX_NAMES:
        raise TooManyNames
    return {"common": [_interval(question, people, piece) for piece in agreement.pieces]}


def _interval(question: Question, people: People, piece: Piece) -> dict[str, Any]:
    interval = stretch(question, piece.start, piece.end) | {"minutes": piece.end - piece.start}
    return interval | presence(question, people, piece.present) if question.detailed else interval
