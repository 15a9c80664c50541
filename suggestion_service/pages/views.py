"""*Find a time*: who should meet, for how long, and between which days; and then when."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from rest_framework.settings import api_settings

from common.api import calendars
from common.domain.calendars import explain_calendars
from common.domain.empty_reasons import explain, explain_blockers
from common.domain.segments import Segment
from common.domain.window import local, rfc3339
from common.meetings.pages import QuestionView, write_query
from common.meetings.question import Question
from common.meetings.representations import represent_calendars, represent_empty_reason
from common.meetings.serializers import MAX_ATTENDEES_IN_QUERY
from suggestion_service.pages.forms import FindForm
from suggestion_service.representations import represent_criteria
from suggestion_service.selection import Criteria
from suggestion_service.services import Suggestions, suggest_meetings

# So near to a clock change an hour may come twice. Lord Howe changes by half an hour, all others by one.
CHANGE_MINUTES = 120


@dataclass(frozen=True)
class Meeting:
    """A suggestion as the page shows it, in local time, and its times in full for the script that tells another clock.

    `calendar` is the address of its file, if it has one. The offsets are empty unless a clock change is near: there
    else an hour would go from 02:00 to 02:00.
    """

    start: datetime
    end: datetime
    exact_start: str
    exact_end: str
    start_offset: str
    end_offset: str
    available_count: int
    missing: list[str]
    calendar: str


class FindView(QuestionView[FindForm]):
    """A form, and the meetings that suit whom it names."""

    template_name = "suggestion_service/find.html"
    form_class = FindForm

    def answer(self, form: FindForm) -> dict[str, Any]:
        """What the template shows of the suggestions."""
        question = replace(form.question, names=True)
        criteria = form.criteria
        return describe_answer(question, criteria, form.as_query(), suggest_meetings(question, criteria))


def describe_answer(
    question: Question, criteria: Criteria, query: QueryDict, suggestions: Suggestions
) -> dict[str, Any]:
    """What the template says of an answer: the meetings or, if there are none, why and who is in the way."""
    window = question.window
    context = {
        "asked": question,
        "start": local(window.start, window.zone),
        "end": local(window.end, window.zone),
        "last_day": local(window.end - 1, window.zone),
        "calendar_notes": explain_calendars(represent_calendars(question, suggestions.calendars)),
        "meetings": [describe_meeting(question, query, suggestions, meeting) for meeting in suggestions.meetings],
    }
    if suggestions.empty_reason:
        reason = represent_empty_reason(question, suggestions.people, suggestions.empty_reason)
        words = explain(represent_criteria(criteria) | reason)
        context |= {"reason": words, "blockers": list(explain_blockers(reason).items())}
        if minutes := reason.get("longest_minutes"):
            shorter = query.copy()
            shorter["duration"] = str(minutes)
            context |= {"longest_minutes": minutes, "shorter": write_query(shorter)}
    return context


def describe_meeting(question: Question, query: QueryDict, suggestions: Suggestions, meeting: Segment) -> Meeting:
    """One suggestion."""
    zone, people = question.window.zone, suggestions.people
    optional = set(question.optional_attendees)
    missing = people.names(people.everybody & ~meeting.present)
    calendar = ""
    if len(question.everybody) <= MAX_ATTENDEES_IN_QUERY:
        # Within its own time there is no other meeting: the file is that of this one whatever changes around it.
        exact = query.copy()
        exact["start"], exact["end"] = (rfc3339(minute, zone) for minute in (meeting.start, meeting.end))
        # Nor has it to be aligned, and for any minute the API has no word.
        del exact["align"]
        exact[str(api_settings.URL_FORMAT_OVERRIDE)] = calendars.FORMAT
        calendar = f"{reverse('suggestions')}?{write_query(exact)}"
    minutes = (meeting.start, meeting.end, meeting.start - CHANGE_MINUTES, meeting.end + CHANGE_MINUTES)
    times = [rfc3339(minute, zone) for minute in minutes]
    offsets = [f"{datetime.fromisoformat(time):%Z}" for time in times]
    is_near_change = len(set(offsets)) > 1
    return Meeting(
        start=local(meeting.start, zone),
        end=local(meeting.end, zone),
        exact_start=times[0],
        exact_end=times[1],
        start_offset=f" ({offsets[0]})" if is_near_change else "",
        end_offset=f" ({offsets[1]})" if is_near_change else "",
        available_count=meeting.present.bit_count(),
        missing=[f"{email} (optional)" if email in optional else email for email in missing],
        calendar=calendar,
    )
