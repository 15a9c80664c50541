"""*Find a time*: who should meet, for how long, and between which days; and then when."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from rest_framework.settings import api_settings

from common.api import calendars
from common.api.exceptions import Problem
from common.browsable.people import PeopleView
from common.domain.empty_reasons import explain
from common.domain.segments import Segment
from common.domain.window import local, rfc3339
from common.meetings.question import Question
from common.meetings.representations import represent_empty_reason
from common.meetings.serializers import MAX_ATTENDEES_IN_QUERY
from suggestion_service.pages.forms import FindForm
from suggestion_service.services import Suggestions, suggest_meetings

# What may stand in a query string as it is, and so can be read there.
READABLE = "@:/,"


@dataclass(frozen=True)
class Meeting:
    """A suggestion as the page shows it, in local time. `calendar` is the address of its file, if it has one."""

    start: datetime
    end: datetime
    available_count: int
    missing: list[str]
    calendar: str


class FindView(PeopleView):
    """A form, and under the address of its question the answer."""

    template_name = "suggestion_service/find.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; with an answer once it says who must come."""
        form = FindForm.from_query(request.GET)
        if not form.is_valid():
            status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
            return self.render_to_response(self.get_context_data(form=form), status=status)
        query = form.as_query()
        if "last_day" in request.GET:
            # The form was sent: its question gets an address that says no more than it has to, as the API would.
            return HttpResponseRedirect(f"{request.path}?{query.urlencode(READABLE)}")
        context = self.get_context_data(form=form, question=query.urlencode(READABLE))
        question = replace(form.question, names=True)
        try:
            suggestions = suggest_meetings(question, form.criteria)
        except Problem as fault:
            context |= {"fault": fault, "unknown": fault.extra.get("unknown_attendees", [])}
            return self.render_to_response(context, status=fault.status_code)
        return self.render_to_response(context | describe_answer(question, query, suggestions))


def describe_answer(question: Question, query: QueryDict, suggestions: Suggestions) -> dict[str, Any]:
    """What the template says of an answer: the meetings or, if there are none, why and who is in the way."""
    window = question.window
    context = {
        "asked": question,
        "start": local(window.start, window.zone),
        "end": local(window.end, window.zone),
        "meetings": [describe_meeting(question, query, suggestions, meeting) for meeting in suggestions.meetings],
    }
    if suggestions.empty_reason:
        reason = represent_empty_reason(question, suggestions.people, suggestions.empty_reason)
        context |= {"reason": explain(reason), "blockers": reason.get("blockers", [])}
        if minutes := reason.get("longest_minutes"):
            shorter = query.copy()
            shorter["duration"] = str(minutes)
            context |= {"longest_minutes": minutes, "shorter": shorter.urlencode(READABLE)}
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
        exact[str(api_settings.URL_FORMAT_OVERRIDE)] = calendars.FORMAT
        calendar = f"{reverse('suggestions')}?{exact.urlencode(READABLE)}"
    return Meeting(
        start=local(meeting.start, zone),
        end=local(meeting.end, zone),
        available_count=meeting.present.bit_count(),
        missing=[f"{email} (optional)" if email in optional else email for email in missing],
        calendar=calendar,
    )
