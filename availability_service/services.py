"""What availability-service does: finds out when the people of a group are free, and when at once."""

from dataclasses import dataclass

from availability_service import clients
from availability_service.domain.agreement import agree
from availability_service.domain.hourly import HourSegment, split_into_hours
from availability_service.domain.timeline import build_timeline
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


def find_common_time(question: Question, run_over: int = 0) -> CommonTime:
    """When the group can meet (contract, section 5). Raises what the client raises.

    With `run_over`, common time that begins within the window is told up to so many minutes past its end. Without any,
    the reason is that for the window itself: for a longer one it may be another.
    """
    people = clients.fetch_people(question.everybody, question.window.start, question.window.extend(run_over).end)

    def agree_until(end: int) -> CommonTime:
        return agree(build_timeline(people, question.window.start, end), question.attendees, question.quorum)

    common_time = agree_until(question.window.extend(run_over).end)
    begins_within = bool(common_time.segments) and common_time.segments[0].start < question.window.end
    return common_time if begins_within or not run_over else agree_until(question.window.end)


def build_heatmap(question: Question) -> Heatmap:
    """When2Meet's picture of the group, in numbers (contract, section 5). Raises what the client raises."""
    people = clients.fetch_people(question.everybody, question.window.start, question.window.end)
    timeline = build_timeline(people, question.window.start, question.window.end)
    required = timeline.people.bits(question.attendees)
    hours = split_into_hours(timeline.segments, question.window, required, question.quorum)
    return Heatmap(timeline.people, hours, agree(timeline, question.attendees, question.quorum).empty_reason)
