"""POST /availability/segments: common time for programs."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.availability_service.test_common import WEEK
from tests.support.domain import minute
from tests.support.pages import BROWSER
from tests.support.people import Store, email
from tests.support.problems import faults
from tests.support.servers import Service

PATH = "/availability/segments"
SEVEN = minute("2026-11-23T07:00Z")


@pytest.fixture
def group(person: Store) -> list[str]:
    """Ann is free from 9 to 12, Bob from 7 to 10."""
    return [person("ann", "monday 09-12"), person("bob", "monday 08-11", timezone="Europe/Berlin")]


def segments(answer: Any) -> list[tuple[int, int, set[str]]]:
    """Start and end, in minutes since seven, and who is there."""
    people = answer["people"]
    return [
        (start - SEVEN, end - SEVEN, {people[-1 - bit] for bit in range(len(people)) if int(who, 16) >> bit & 1})
        for start, end, who in answer["segments"]
    ]


def test_times_are_minutes_and_people_are_bits(group: list[str], client: APIClient) -> None:
    ann, bob = group

    answer = client.post(PATH, {"attendees": group, "min_attendees": 1, **WEEK}, format="json").json()

    assert answer.keys() == {"people", "segments", "empty_reason", "calendars"}
    assert answer["empty_reason"] is None
    assert segments(answer) == [(0, 120, {bob}), (120, 180, {ann, bob}), (180, 300, {ann})]


def test_without_common_time_the_reason_names_bits_too(group: list[str], person: Store, client: APIClient) -> None:
    idle = person("idle")

    answer = client.post(PATH, {"attendees": [*group, idle], **WEEK}, format="json").json()

    assert answer["segments"] == []
    assert answer["empty_reason"]["code"] == "no_availability"
    assert int(answer["empty_reason"]["blockers"], 16) == 1 << 2 - answer["people"].index(idle)


def test_the_page_of_an_answer_still_has_the_form_of_the_question(group: list[str], client: APIClient) -> None:
    page = client.post(PATH, {"attendees": group, **WEEK}, format="json", headers={"Accept": BROWSER})

    assert page.status_code == 200
    form = page.text.partition("<form")[2]
    assert all(f'name="{name}"' in form for name in ("attendees", "run_over"))
    assert 'name="segments"' not in form


def test_unknown_attendees_are_listed(group: list[str], client: APIClient) -> None:
    answer = client.post(PATH, {"attendees": [*group, email("zoe")]}, format="json")

    assert (answer.status_code, answer.json()["unknown_attendees"]) == (404, [email("zoe")])


def test_everybody_is_told_so_names_are_no_question(users: Service, client: APIClient) -> None:
    answer = client.post(PATH, {"attendees": ["a@b.cd"], "names": False}, format="json")

    assert faults(answer) == [("names", "unknown")]


def test_it_is_asked_by_post_alone(client: APIClient) -> None:
    answer = client.get(f"{PATH}?attendees=a@b.cd")

    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
