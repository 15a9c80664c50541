"""What suggestion-service does: chooses the meetings to suggest to a group, or says why there is none."""

from dataclasses import dataclass, replace

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
    empty_reason: EmptyReason | None = None


def suggest_meetings(question: Question, criteria: Criteria) -> Suggestions:
    """The meetings that suit a group best (contract, section 6). Raises what the client raises."""
    window = question.window
    longer = replace(question, window=window.extend(criteria.duration)) if criteria.may_run_over else question
    common_time = clients.fetch_common_time(longer)
    limits = {
        "required": common_time.people.bits(question.attendees),
        "quorum": question.quorum,
        "before": window.end,
    }
    meetings = list(find_candidates(common_time.segments, duration=criteria.duration, step=criteria.step, **limits))
    if meetings:
        return Suggestions(common_time.people, choose(meetings, criteria))
    if longest := find_longest(common_time.segments, **limits):
        return Suggestions(common_time.people, [], EmptyReason(TOO_SHORT, longest_minutes=longest))
    # Why there is no time within the window itself may be another reason than that for a longer one.
    within = clients.fetch_common_time(question) if criteria.may_run_over else common_time
    return Suggestions(within.people, [], within.empty_reason)
