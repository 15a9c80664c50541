"""What suggestion-service asks of availability-service."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from common.fields import COMPACT
from common.health import ServiceCheck
from common.http import ServiceClient
from common.people import People
from common.problems import BadGateway
from common.question import Question
from common.window import rfc3339
from suggestion_service.choice import Interval

availability = ServiceClient(
    "availability-service", settings.AVAILABILITY_SERVICE_URL, settings.AVAILABILITY_SERVICE_SECONDS
)
health = ServiceCheck(availability, settings.HEALTH_SECONDS)


@dataclass(frozen=True, slots=True)
class Common:
    """When a group can meet. `reason` holds the members of the answer that say why it cannot."""

    people: People
    intervals: list[Interval]
    reason: dict[str, Any]


def common(question: Question) -> Common:
    """When the group can meet, with one request. Raises what the client raises."""
    window = question.window
    answer = availability.query(
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
        return Common(
            People(tuple(answer["people"])),
            list(_intervals(answer["pieces"])),
            {name: answer[name] for name in ("empty_reason", "blockers_count", "blockers") if name in answer},
        )
    except (KeyError, TypeError, ValueError):
        raise BadGateway(f"{availability.name} answered something other than common time.") from None


def _intervals(pieces: list[list[Any]]) -> Iterator[Interval]:
    for start, end, present in pieces:
        yield Interval(int(start), int(end), int(present, 16))
