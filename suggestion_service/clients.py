"""What suggestion-service asks of availability-service."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from common.api.exceptions import BadGateway
from common.api.fields import COMPACT
from common.domain.people import People
from common.domain.segments import Segment
from common.domain.window import Window, rfc3339
from common.health.checks import ServiceCheck
from common.http import ServiceClient
from common.meetings.question import Question

availability = ServiceClient(
    "availability-service", settings.AVAILABILITY_SERVICE_URL, settings.AVAILABILITY_SERVICE_SECONDS
)
health = ServiceCheck(availability, settings.HEALTH_SECONDS)

_REASON: tuple[str, ...] = ("empty_reason", "blockers_count", "blockers")


@dataclass(frozen=True, slots=True)
class Common:
    """When a group can meet. `reason` holds the members of the answer that say why it cannot."""

    people: People
    intervals: list[Segment]
    reason: dict[str, Any]


def common(question: Question) -> Common:
    """When the group can meet, with one request. Raises what the client raises."""
    window = question.window
    answer = availability.post_json(
        "/availability/common",
        {
            "attendees": question.attendees,
            "optional_attendees": question.optional_attendees,
            "min_attendees": question.quorum,
            "start": rfc3339(window.start, window.zone),
            "end": rfc3339(window.end, window.zone),
            "timezone": window.zone.key,
            "names": question.names,
            "encoding": COMPACT,
        },
    )
    try:
        return _common(question, answer)
    except (KeyError, TypeError, ValueError):
        raise BadGateway(f"{availability.name} answered something other than common time.") from None


def _common(question: Question, answer: dict[str, Any]) -> Common:
    """Reads the answer to the question. Raises ValueError, or what the wrong type of anything in it raises."""
    people = People(tuple(answer["people"]))
    intervals = [Segment(int(start), int(end), int(present, 16)) for start, end, present in answer["segments"]]
    reason = {name: answer[name] for name in _REASON if name in answer}
    everybody = {*question.attendees, *question.optional_attendees}
    if len(people.emails) != len(everybody) or set(people.emails) != everybody:
        raise ValueError("other people")
    if not _follow(intervals, question.window, people.everybody):
        raise ValueError("impossible intervals")
    if bool(intervals) == bool(reason["empty_reason"]):
        raise ValueError("no reason")
    return Common(people, intervals, reason)


def _follow(intervals: list[Segment], window: Window, everybody: int) -> bool:
    """Whether each interval follows another within the window, and only those asked about are there."""
    reached = window.start
    for interval in intervals:
        if not reached <= interval.start < interval.end or not 0 <= interval.present <= everybody:
            return False
        reached = interval.end
    return reached <= window.end
