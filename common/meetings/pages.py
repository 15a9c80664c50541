"""What the pages have in common on which people ask about a group (contract, section 8)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Generic, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from common.api.exceptions import Problem, find_wait
from common.browsable.people import PeopleView, explain_fault
from common.meetings.forms import QuestionForm

# Servers take request lines of 64 kB at most. A longer question fits into no link.
MAX_LINK = 32_000

Form = TypeVar("Form", bound=QuestionForm)


class QuestionView(PeopleView, Generic[Form]):
    """A form, and under the address of its question the answer."""

    form_class: ClassVar[type[QuestionForm]] = QuestionForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; with an answer once it says who must come. A fault is told above it, under its own status."""
        form: Any = self.form_class.from_query(request.GET)
        if not form.is_valid():
            status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
            return self.render_to_response({"form": form}, status=status)
        if "last_day" in request.GET:
            # The form was sent: its question gets an address that says no more than it has to, as the API would.
            return HttpResponseRedirect(f"{request.path}?{write_query(form.as_query())}")
        try:
            return self.render_to_response({"form": form, "question": link(form), **self.answer(form)})
        except Problem as fault:
            wait = find_wait(fault)
            problem = {"status": fault.status_code, "detail": explain_fault(fault), "wait": wait, **fault.extra}
            headers = {"Retry-After": str(wait)} if wait else {}
            return self.render_to_response(describe_fault(form, problem), status=fault.status_code, headers=headers)

    def answer(self, form: Form) -> dict[str, Any]:
        """What the template shows of the answer to a valid form. Raises Problem."""
        raise NotImplementedError


def describe_fault(form: QuestionForm, problem: Mapping[str, Any]) -> dict[str, Any]:
    """What the template shows of a question with a fault: what the form itself says of it, or else the problem."""
    if form.errors:
        return {"form": form}
    return {"form": form, "problem": problem, "question": link(form) if form.is_bound else ""}


def link(form: QuestionForm) -> str:
    """The question of a valid form as a query string; nothing if it is too long for a link."""
    query = write_query(form.as_query())
    return query if len(query) <= MAX_LINK else ""


def write_query(query: QueryDict) -> str:
    """The query string, in which people can read what may stand there as it is."""
    return query.urlencode(safe="@:/,")
