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
MAX_UNKNOWN = 20


def represent_page(form: QuestionForm, answer: Answer) -> dict[str, Any]:
    """What the template shows of what `represent_heatmap` says, and the valid form that asks for it."""
    days = build_cells(answer)
    cells = list(chain.from_iterable(days))
    link = form.as_query().urlencode(READABLE)
    start, end = (datetime.fromisoformat(answer[side]) for side in ("start", "end"))
    return {
        "form": form,
        "question": link if len(link) <= MAX_LINK else "",
        "answer": answer,
        "window": f"{start:%a %-d %b %Y %H:%M} to {end:%a %-d %b %Y %H:%M}",
        "why_empty": explain(answer) if answer["empty_reason"] else "",
        "tables": [tabulate(week) for week in split_into_weeks(days)],
        "levels": list_levels(answer["people_count"]),
        "details": list_details(cells, answer["people_count"]),
        "best": [cell for cell in cells if cell.is_best],
    }


def represent_fault(form: QuestionForm, problem: Mapping[str, Any]) -> dict[str, Any]:
    """What the template shows of a question with a fault: what the form itself says of it, or else the problem."""
    if form.errors:
        return {"form": form}
    unknown = problem.get("unknown_attendees", [])
    faults = [f"Nobody here has the address {email}." for email in unknown[:MAX_UNKNOWN]]
    if len(unknown) > MAX_UNKNOWN:
        faults.append(f"Nor has anybody {len(unknown) - MAX_UNKNOWN} others.")
    if unknown and form.is_bound:
        is_welcome = set(unknown) <= set(form.values["optional_attendees"])
        name = "optional_attendees" if is_welcome else "attendees"
        form.add_error(name, faults)
        form.fields[name].widget.attrs["autofocus"] = True
        return {"form": form}
    faults += [f"{fault['field']}: {fault['message']}" for fault in problem.get("errors", [])]
    return {"form": form, "faults": faults or [problem["detail"]]}


def to_query(answer: Answer) -> QueryDict:
    """The question of an answer as a query string."""
    query = QueryDict(mutable=True)
    for name in ("attendees", "optional_attendees"):
        query.setlist(name, answer.get(name, []))
    for name in ("min_attendees", "start", "end", "timezone"):
        query[name] = str(answer[name])
    return query
