"""What suggestion-service does: chooses the meetings to suggest to a group, or says why there is none."""

from dataclasses import dataclass

from common.domain.calendars import GroupCalendars
from common.domain.empty_reasons import TOO_SHORT, EmptyReason
from common.domain.people import People
from common.domain.segments import Segment
from common.meetings.question import Question
from suggestion_service import clients
from suggestion_service.selection import Criteria, choose, find_candidates, find_longest


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Meetings of `people`, the preferred first; or, if there are none, why."""

    people: People
    meetings: list[Segment]
    empty_reason: EmptyReason | None
    calendars: GroupCalendars | None


def suggest_meetings(question: Question, criteria: Criteria) -> Suggestions:
    """The meetings that suit a group best (contract, section 6). Raises what the client raises."""
    common_time = clients.fetch_common_time(question, criteria.duration if criteria.may_run_over else 0)
    people, segments, calendars = common_time.people, common_time.segments, common_time.calendars
    limits = {"required": people.bits(question.attendees), "quorum": question.quorum}
    meetings = list(find_candidates(segments, criteria, question.window, **limits))
    if meetings:
        return Suggestions(people, choose(meetings, criteria), None, calendars)
    reason = common_time.empty_reason or EmptyReason(
        TOO_SHORT, longest_minutes=find_longest(segments, criteria, question.window, **limits)
    )
    return Suggestions(people, [], reason, calendars)
