"""GET and POST /availability/heatmap, as JSON."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.availability_service.test_common import WEEK
from tests.support.people import ALWAYS, Store, email
from tests.support.servers import Service

Heat = Callable[..., Any]
MONDAY = {"start": "2026-11-23", "end": "2026-11-24"}


@pytest.fixture
def heat(client: APIClient, users: Service) -> Heat:
    """The answer to GET /availability/heatmap, which must be a 200 unless another status is said to come."""

    def ask(*attendees: str, status: int = 200, **parameters: Any) -> Any:
        answer = client.get("/availability/heatmap", {"attendees": attendees, **parameters})
        assert answer.status_code == status, answer.content
        return answer.json()

    return ask


def hours(answer: Any) -> dict[str, Any]:
    """The hours of all days, by their start."""
    return {hour["start"]: hour for day in answer["days"] for hour in day["hours"]}


def test_each_hour_of_each_day_says_how_many_are_free_and_who(person: Store, heat: Heat) -> None:
    ann, raj = person("ann", "monday 09-12"), person("raj", "monday 15-18", timezone="Asia/Kathmandu")

    answer = heat(ann, raj, **MONDAY)

    assert answer["attendees"] == [ann, raj]
    assert (answer["people_count"], answer["min_attendees"], answer["empty_reason"]) == (2, 2, None)
    (day,) = answer["days"]
    assert (day["date"], day["day"], len(day["hours"])) == ("2026-11-23", "monday", 24)
    assert day["hours"][9] == {
        "start": "2026-11-23T09:00:00+00:00",
        "end": "2026-11-23T10:00:00+00:00",
        "minutes": 60,
        "quorum_minutes": 45,
        "available_count": 1,
        "partly_count": 1,
        "available": [ann],
        "partly": [{"email": raj, "minutes": 45}],
        "missing": [],
    }
    assert day["hours"][13]["missing"] == [ann, raj]


def test_a_post_asks_the_same(person: Store, heat: Heat, client: APIClient) -> None:
    ann = person("ann", "monday 09-12")

    posted = client.post("/availability/heatmap", {"attendees": [ann], **MONDAY}, format="json")

    assert posted.status_code == 200
    assert posted.json() == heat(ann, **MONDAY)


@pytest.mark.parametrize(("date", "length"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_has_as_many_hours_as_the_clock_shows(person: Store, heat: Heat, date: str, length: int) -> None:
    ann = person("ann", *ALWAYS, timezone="Europe/Berlin")

    answer = heat(ann, start=date, end=f"{date[:-2]}{int(date[-2:]) + 1:02}", timezone="Europe/Berlin")

    (day,) = answer["days"]
    assert (day["date"], len(day["hours"])) == (date, length)
    assert {hour["available_count"] for hour in day["hours"]} == {1}


def test_days_are_those_of_the_asked_zone_and_the_window_cuts_hours(person: Store, heat: Heat) -> None:
    ann = person("ann", *ALWAYS)

    answer = heat(ann, start="2026-11-23T17:00:00Z", end="2026-11-23T19:00:00Z", timezone="Asia/Kathmandu")

    assert [(day["date"], [hour["minutes"] for hour in day["hours"]]) for day in answer["days"]] == [
        ("2026-11-23", [15, 60]),
        ("2026-11-24", [45]),
    ]


def test_minutes_of_a_quorum_go_by_the_required_alone(person: Store, heat: Heat) -> None:
    ann, bob, cyd = person("ann", "monday 09-10"), person("bob", "monday 09-11"), person("cyd", "monday 09-12")

    found = hours(heat(ann, bob, optional_attendees=cyd, min_attendees=1, **MONDAY))

    minutes = [found[f"2026-11-23T{hour:02}:00:00+00:00"]["quorum_minutes"] for hour in (9, 10, 11)]
    counts = [found[f"2026-11-23T{hour:02}:00:00+00:00"]["available_count"] for hour in (9, 10, 11)]
    assert (minutes, counts) == ([60, 60, 0], [3, 2, 1])


def test_without_names_there_are_counts_only(person: Store, heat: Heat) -> None:
    ann, bob = person("ann", "monday 09-10"), person("bob", "tuesday 09-10")

    answer = heat(ann, bob, names="false", **MONDAY)

    assert answer["days"][0]["hours"][9].keys() == {
        "start",
        "end",
        "minutes",
        "quorum_minutes",
        "available_count",
        "partly_count",
    }
    assert (answer["empty_reason"], answer["blockers_count"]) == ("no_availability", 1)
    assert "blockers" not in answer


def test_it_says_why_there_is_no_common_time(person: Store, heat: Heat) -> None:
    ann, bob = person("ann", "monday 09-10"), person("bob", "tuesday 09-10")

    answer = heat(ann, bob, **WEEK)

    assert (answer["empty_reason"], answer["blockers"]) == ("no_overlap", [bob])


def test_unknown_attendees_are_listed(person: Store, heat: Heat) -> None:
    ann = person("ann")

    answer = heat(ann, email("nobody"), email("no-one"), status=404, **MONDAY)

    assert answer["unknown_attendees"] == [email("no-one"), email("nobody")]


def test_an_answer_that_would_hold_too_many_names_is_refused(person: Store, client: APIClient) -> None:
    group = [person(f"p{number}") for number in range(460)]
    question = {"attendees": group, "start": "2026-11-23", "end": "2027-02-23"}

    named = client.post("/availability/heatmap", question | {"names": True}, format="json")
    assert (named.status_code, named.json()["type"]) == (400, "urn:w2meet:problem:too-many-names")
    assert client.post("/availability/heatmap", question, format="json").status_code == 200
