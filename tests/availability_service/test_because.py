"""What stands in the way of who is in the way, and how well calendars are known (contract, sections 5 and 12)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from rest_framework.test import APIClient

from tests.availability_service.test_common import WEEK
from tests.support.people import ALWAYS, Store
from tests.support.servers import Service

Ask = Callable[..., Any]
MONDAY = "2026-11-23"


def put(users: Service, email: str, path: str, body: Any) -> None:
    answer = requests.put(f"{users.url}/users/{email}/{path}", json=body, timeout=5)
    assert answer.status_code in {200, 201}, answer.text


def meet(start: str, end: str) -> dict[str, Any]:
    """A calendar with one meeting."""
    return {"kind": "busy", "intervals": [{"start": start, "end": end}]}


def test_each_reason_is_told_of_who_has_no_time_at_all(users: Service, person: Store, common: Ask) -> None:
    requests.post(f"{users.url}/users", json={"email": "new@example.org", "name": "New"}, timeout=5)
    never = person("never")
    away, busy = person("away", "monday 09-12"), person("busy", "monday 09-12")
    put(users, away, f"overrides/{MONDAY}", {"intervals": []})
    put(users, busy, "calendars/work", meet("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"))

    answer = common("new@example.org", never, away, busy, **WEEK)

    assert answer["empty_reason"] == "no_availability"
    assert answer["because"] == {away: "date", busy: "calendar", never: "week", "new@example.org": "unset"}


@pytest.mark.parametrize("why", ["week", "date", "calendar"])
def test_each_reason_is_told_of_who_is_in_the_way(why: str, users: Service, person: Store, common: Ask) -> None:
    ann, bob = person("ann", "monday 09-12"), person("bob", "monday 09-12", "tuesday 09-12")
    if why == "week":
        put(users, bob, "availability", {"intervals": [{"day": "tuesday", "start": "09:00", "end": "12:00"}]})
    if why == "date":
        put(users, bob, f"overrides/{MONDAY}", {"intervals": []})
    if why == "calendar":
        put(users, bob, "calendars/work", meet("2026-11-23T08:30:00Z", "2026-11-23T12:00:00Z"))

    answer = common(ann, bob, **WEEK)

    assert (answer["empty_reason"], answer["blockers"]) == ("no_overlap", [answer["blockers"][0]])
    blocker = answer["blockers"][0]
    assert answer["because"] == {blocker: why if blocker == bob else "week"}


def test_busy_time_comes_off_to_the_minute(users: Service, person: Store, common: Ask) -> None:
    ann = person("ann", "monday 09-12")
    put(users, ann, "calendars/work", meet("2026-11-23T09:20:00Z", "2026-11-23T10:50:00Z"))

    found = common(ann, person("bob", *ALWAYS), **WEEK)["common"]

    assert [(each["start"][11:16], each["end"][11:16]) for each in found] == [("09:00", "09:20"), ("10:50", "12:00")]


def test_an_answer_says_how_well_calendars_are_known(
    users: Service, person: Store, common: Ask, client: APIClient
) -> None:
    ann, bob = person("ann", *ALWAYS), person("bob", *ALWAYS)
    assert common(ann, bob, **WEEK)["calendars"] is None
    put(users, ann, "calendars/work", meet("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"))
    before = datetime.now(UTC) - timedelta(minutes=1)

    known = common(ann, bob, **WEEK)["calendars"]
    assert before <= datetime.fromisoformat(known.pop("as_of")) <= datetime.now(UTC)
    assert known == {"stale": [], "unread": [], "beyond": []}

    file = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    url = f"{users.url}/users/{bob}/calendars/file"
    assert requests.put(url, file, headers={"Content-Type": "text/calendar"}, timeout=5).status_code == 202
    assert common(ann, bob, **WEEK)["calendars"]["unread"] == [bob]
    counted = common(ann, bob, names="false", **WEEK)["calendars"]
    assert (counted["stale"], counted["unread"], counted["beyond"]) == (0, 1, 0)
    heatmap = client.get("/availability/heatmap", {"attendees": [ann, bob], **WEEK}).json()
    assert heatmap["calendars"]["unread"] == [bob]
