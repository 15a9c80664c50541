"""What availability-service does: finds out when the people of a group are free, and when at once."""

from dataclasses import dataclass, replace
from threading import BoundedSemaphore

from availability_service import clients
from availability_service.clients import Group
from availability_service.domain.agreement import agree
from availability_service.domain.blockers import explain_blockers
from availability_service.domain.hourly import HourSegment, split_into_hours
from availability_service.domain.timeline import build_timeline
from common.api.exceptions import Overloaded
from common.domain.calendars import GroupCalendars, describe_calendars
from common.domain.empty_reasons import EmptyReason
from common.domain.people import People
from common.domain.segments import CommonTime
from common.meetings.question import Question

# To draw a heat map takes up to half a second. A worker that knew a hundred groups at once would draw for a minute
# without a look at anything else: a few at a time learn whom they are about, and the others wait, but not for long.
_turns = BoundedSemaphore(2)
TURN_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Heatmap:
    """How many of `people` are free in each hour of the window; and why enough of them never are, if so."""

    people: People
    hours: list[HourSegment]
    empty_reason: EmptyReason | None
    calendars: GroupCalendars | None


def find_common_time(question: Question, run_over: int = 0) -> CommonTime:
    """When the group can meet (contract, section 5). Raises what the client raises.

    With `run_over`, common time that begins within the window is told up to so many minutes past its end. Without any,
    the reason is that for the window itself: for a longer one it may be another.
    """
    window = question.window
    group = clients.fetch_group(question.everybody, window.start, window.extend(run_over).end)

    def agree_until(end: int) -> CommonTime:
        return agree(build_timeline(group.people, window.start, end), question.attendees, question.quorum)

    common_time = agree_until(window.extend(run_over).end)
    begins_within = bool(common_time.segments) and common_time.segments[0].start < window.end
    if run_over and not begins_within:
        common_time = agree_until(window.end)
    return replace(
        common_time,
        empty_reason=explain_reason(group, common_time.people, common_time.empty_reason),
        calendars=describe_calendars(group.calendars, window.end),
    )


def build_heatmap(question: Question) -> Heatmap:
    """When2Meet's picture of the group, in numbers (contract, section 5).

    Raises Overloaded, or what the client raises.
    """
    window = question.window
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise Overloaded
    try:
        group = clients.fetch_group(question.everybody, window.start, window.end)
    finally:
        _turns.release()
    timeline = build_timeline(group.people, window.start, window.end)
    required = timeline.people.bits(question.attendees)
    reason = agree(timeline, question.attendees, question.quorum).empty_reason
    return Heatmap(
        timeline.people,
        split_into_hours(timeline.segments, window, required, question.quorum),
        explain_reason(group, timeline.people, reason),
        describe_calendars(group.calendars, window.end),
    )


def explain_reason(group: Group, people: People, reason: EmptyReason | None) -> EmptyReason | None:
    """The reason, with what stands in the way of each blocker."""
    if reason is None or reason.within is None:
        return reason
    blockers = people.names(reason.blockers)
    return replace(reason, because=explain_blockers(group.people, blockers, group.unset, *reason.within))
