"""The heat map as a page for people: a form, and of an answer also its tables (contract, section 8)."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from django.http import QueryDict

from availability_service.heatmap.cells import Answer, build_cells, list_levels
from availability_service.heatmap.details import list_details
from availability_service.heatmap.weeks import split_into_weeks, tabulate
from common.domain.empty_reasons import explain
from common.meetings.forms import QuestionForm

# What may stand in a query string as it is, and so can be read there.
READABLE = "@:/,"
TEMPLATE = "availability_service/heatmap.html"
# Servers take request lines of 64 kB at most. A longer question fits into no link.
MAX_LINK = 32_000


def represent_page(form: QuestionForm, answer: Answer) -> dict[str, Any]:
    """What the template shows of what `represent_heatmap` says, and the valid form that asks for it."""
    days = build_cells(answer)
    cells = list(chain.from_iterable(days))
    start, end = (datetime.fromisoformat(answer[side]) for side in ("start", "end"))
    return {
        "form": form,
        "question": _link(form),
        "answer": answer,
        "window": f"{start:%a %-d %b %Y %H:%M} to {end:%a %-d %b %Y %H:%M}",
        "why_empty": explain(answer) if answer["empty_reason"] else "",
        "tables": [tabulate(week) for week in split_into_weeks(days)],
        "levels": list_levels(answer["people_count"]),
        "details": list_details(cells, answer["people_count"]),
        "is_named": "available" in cells[0].hour,
        "best": [cell for cell in cells if cell.is_best],
    }


def represent_fault(form: QuestionForm, problem: Mapping[str, Any]) -> dict[str, Any]:
    """What the template shows of a question with a fault: what the form itself says of it, or else the problem."""
    if form.errors:
        return {"form": form}
    return {"form": form, "problem": problem, "question": _link(form) if form.is_bound else ""}


def to_query(answer: Answer) -> QueryDict:
    """The question of an answer as a query string."""
    query = QueryDict(mutable=True)
    for name in ("attendees", "optional_attendees"):
        query.setlist(name, answer.get(name, []))
    for name in ("min_attendees", "start", "end", "timezone"):
        query[name] = str(answer[name])
    return query


def _link(form: QuestionForm) -> str:
    query = form.as_query().urlencode(READABLE)
    return query if len(query) <= MAX_LINK else ""
