"""What *find a time* says of calendars that are known only in part (contract, section 12)."""

from typing import Any

import pytest
import requests
from django.test import Client

from suggestion_service import clients
from tests.suggestion_service.test_find import WEEK, words
from tests.support.domain import minute
from tests.support.neighbour import Neighbour, answers
from tests.support.people import Store, email
from tests.support.servers import Service

ANN, BOB = email("ann"), email("bob")
NINE, ELEVEN = minute("2030-01-07T09:00Z"), minute("2030-01-07T11:00Z")
MONDAY, TUESDAY = minute("2030-01-07T14:00Z"), minute("2030-01-08T00:00Z")
FINE = {"people": [ANN, BOB], "segments": [[NINE, ELEVEN, "3"]], "empty_reason": None}


def find(**fields: Any) -> Any:
    """The page for what was written into the form."""
    answer = Client().get("/find", fields | WEEK, follow=True)
    assert answer.status_code == 200, answer.content
    return answer


@pytest.mark.parametrize(
    "answer",
    [FINE, FINE | {"segments": [], "empty_reason": {"code": "no_overlap", "blockers": "1", "because": {BOB: "week"}}}],
)
def test_it_is_told_whose_calendar_leaves_what_open(answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    readings = {ANN: [MONDAY, TUESDAY], BOB: [None, None]}
    with Neighbour() as neighbour:
        monkeypatch.setattr(clients.availability, "base_url", neighbour.url)
        neighbour.behave = answers(answer | {"calendars": [MONDAY, [ANN], [BOB], [ANN], readings]})
        told = words(find(attendees=[ANN, BOB]))
        neighbour.behave = answers(answer | {"calendars": [MONDAY, [], [], [], {}]})
        known = words(find(attendees=[ANN, BOB]))

    assert (
        f"A calendar of {ANN} could not be read lately: it is known as of Mon 7 Jan 2030, 15:00. "
        f"A calendar of {BOB} has not been read yet. "
        f"A calendar of {ANN} is known until Tue 8 Jan 2030, 01:00 only."
    ) in told
    assert "known only in part" not in known


def test_a_real_calendar_that_waits_to_be_read_is_told_of_a_suggestion(
    person: Store, users: Service, availability: Service
) -> None:
    ann = person("ann", "monday 09-12")
    url = f"{users.url}/users/{ann}/calendars/file"
    assert (
        requests.put(url, b"BEGIN:VCALENDAR", headers={"Content-Type": "text/calendar"}, timeout=5).status_code == 202
    )

    page = find(attendees=ann)

    assert f"A calendar of {ann} has not been read yet." in page.text
