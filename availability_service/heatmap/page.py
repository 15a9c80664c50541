"""The heat map as a page for people: a form, and of an answer also its tables (contract, section 8)."""

from datetime import datetime
from itertools import chain
from typing import Any

from django.http import QueryDict

from availability_service.heatmap.cells import Answer, build_cells, list_levels
from availability_service.heatmap.details import list_details
from availability_service.heatmap.weeks import split_into_weeks, tabulate
from common.domain.calendars import explain_calendars
from common.domain.empty_reasons import explain, explain_blockers

TEMPLATE = "availability_service/heatmap.html"


def represent_page(answer: Answer) -> dict[str, Any]:
    """What the template shows of what `represent_heatmap` says, beside the form."""
    days = build_cells(answer)
    cells = list(chain.from_iterable(days))
    start, end = (datetime.fromisoformat(answer[side]) for side in ("start", "end"))
    return {
        "answer": answer,
        "window": f"{start:%a %-d %b %Y %H:%M} to {end:%a %-d %b %Y %H:%M}",
        "why_empty": explain(answer) if answer["empty_reason"] else "",
        "blockers": list(explain_blockers(answer).items()),
        "calendar_notes": explain_calendars(answer),
        "tables": [tabulate(week) for week in split_into_weeks(days)],
        "levels": list_levels(answer["people_count"]),
        "details": list_details(cells, answer["people_count"]),
        "is_named": "available" in cells[0].hour,
        "best": [cell for cell in cells if cell.is_best],
    }


def to_query(answer: Answer) -> QueryDict:
    """The question of an answer as a query string."""
    query = QueryDict(mutable=True)
    for name in ("attendees", "optional_attendees"):
        query.setlist(name, answer.get(name, []))
    for name in ("min_attendees", "start", "end", "timezone"):
        query[name] = str(answer[name])
    return query
