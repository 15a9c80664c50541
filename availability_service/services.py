"""What availability-service does: finds out when the people of a group are free, and when at once."""

from dataclasses import dataclass

from availability_service import clients
from availability_service.domain.agreement import agree
from availability_service.domain.hourly import HourSegment, split_into_hours
from availability_service.domain.timeline import Timeline, build_timeline
from common.domain.empty_reasons import EmptyReason
from common.domain.people import People
from common.domain.segments import CommonTime
from common.meetings.question import Question


@dataclass(frozen=True, slots=True)
class Heatmap:
    """How many of `people` are free in each hour of the window; and why enough of them never are, if so."""

    people: People
    hours: list[HourSegment]
    empty_reason: EmptyReason | None


def find_common_time(question: Question) -> CommonTime:
    """When the group can meet (contract, section 5). Raises what the client raises."""
    return agree(fetch_timeline(question), question.attendees, question.quorum)


def build_heatmap(question: Question) -> Heatmap:
    """When2Meet's picture of the group, in numbers (contract, section 5). Raises what the client raises."""
    timeline = fetch_timeline(question)
    required = timeline.people.bits(question.attendees)
    hours = split_into_hours(timeline.segments, question.window, required, question.quorum)
    return Heatmap(timeline.people, hours, agree(timeline, question.attendees, question.quorum).empty_reason)


def fetch_timeline(question: Question) -> Timeline:
    """Who of everybody who is asked about is free when. Raises what the client raises."""
    people = clients.fetch_people(question.everybody)
    return build_timeline(people, question.window.start, question.window.end)
