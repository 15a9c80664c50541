"""What may not be asked at /suggestions, and how much may."""

import secrets

import pytest
from rest_framework.test import APIClient

from tests.suggestion_service.test_suggestions import WEEK, Ask
from tests.support.people import Store, email, emails
from tests.support.problems import faults
from tests.support.servers import Service

PATH = "/suggestions"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [("attendees", "required")]),
        ("attendees=a@b.cd&duration=0", [("duration", "min_value")]),
        ("attendees=a@b.cd&duration=1441", [("duration", "max_value")]),
        ("attendees=a@b.cd&duration=1h", [("duration", "invalid")]),
        ("attendees=a@b.cd&duration=60.0", [("duration", "invalid")]),
        ("attendees=a@b.cd&step=0", [("step", "invalid_choice")]),
        ("attendees=a@b.cd&step=40", [("step", "invalid_choice")]),
        ("attendees=a@b.cd&step=x", [("step", "invalid")]),
        ("attendees=a@b.cd&align=0", [("align", "invalid_choice")]),
        ("attendees=a@b.cd&align=20", [("align", "invalid_choice")]),
        ("attendees=a@b.cd&align=x", [("align", "invalid")]),
        ("attendees=a@b.cd&align=", [("align", "invalid")]),
        ("attendees=a@b.cd&align=5&align=10", [("align", "repeated")]),
        ("attendees=a@b.cd&limit=0", [("limit", "min_value")]),
        ("attendees=a@b.cd&limit=51", [("limit", "max_value")]),
        ("attendees=a@b.cd&seed=-1", [("seed", "min_value")]),
        ("attendees=a@b.cd&seed=9007199254740992", [("seed", "max_value")]),
        ("attendees=a@b.cd&seed=" + "1" * 100, [("seed", "invalid")]),
        ("attendees=a@b.cd&prefer=worst", [("prefer", "invalid_choice")]),
        ("attendees=a@b.cd&prefer=", [("prefer", "invalid_choice")]),
        ("attendees=a@b.cd&prefer=first&prefer=last", [("prefer", "repeated")]),
        ("attendees=a@b.cd&encoding=compact", [("encoding", "unknown")]),
        ("attendees=a@b.cd&lenght=60", [("lenght", "unknown")]),
        ("attendees=a@b.cd&start=2026-11-23&end=2026-11-22", [("end", "invalid_window")]),
        ("attendees=a@b.cd&start=2026-11-23T09:00:00+01:00", [("start", "invalid_time")]),
    ],
)
def test_a_bad_parameter_is_named(client: APIClient, query: str, expected: list[tuple[str, str]]) -> None:
    answer = client.get(f"{PATH}?{query}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert faults(answer) == sorted(expected)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"duration": "60"}, [("duration", "invalid")]),
        ({"duration": 60.5}, [("duration", "invalid")]),
        ({"duration": True}, [("duration", "invalid")]),
        ({"step": "15"}, [("step", "invalid")]),
        ({"align": "15"}, [("align", "invalid")]),
        ({"align": 1}, [("align", "invalid_choice")]),
        ({"align": None}, [("align", "null")]),
        ({"limit": None}, [("limit", "null")]),
        ({"seed": 1.5}, [("seed", "invalid")]),
        ({"seed": None}, [("seed", "null")]),
        ({"prefer": None}, [("prefer", "null")]),
        ({"prefer": ["first"]}, [("prefer", "invalid_choice")]),
        ({"prefer": {}}, [("prefer", "invalid_choice")]),
    ],
)
def test_a_bad_member_is_named(client: APIClient, members: dict[str, object], expected: list[tuple[str, str]]) -> None:
    answer = client.post(PATH, {"attendees": ["a@b.cd"]} | members, format="json")

    assert answer.status_code == 400
    assert faults(answer) == sorted(expected)


def test_all_faults_are_told_at_once(client: APIClient) -> None:
    question = {
        "attendees": ["b"],
        "min_attendees": 0,
        "start": "tomorrow",
        "timezone": "Mars/Olympus",
        "duration": 0,
        "prefer": "worst",
        "step": 7,
        "align": 7,
        "limit": 99,
        "seed": "x",
        "lenght": 60,
    }

    answer = client.post(PATH, question, format="json")

    assert [field for field, _ in faults(answer)] == sorted(["attendees[0]", *[*question][1:]])


def test_unknown_attendees_are_all_listed(person: Store, suggest: Ask) -> None:
    ann = person("ann", "monday 09-12")

    answer = suggest("zoe@example.org", ann, optional_attendees="bob@example.org", status=404)

    assert answer["type"] == "urn:w2meet:problem:unknown-attendees"
    assert answer["instance"] == "/suggestions"
    assert answer["unknown_attendees"] == [email("bob"), email("zoe")]


def test_a_query_may_name_50_and_points_to_post_for_more(suggest: Ask) -> None:
    assert len(suggest(*emails(50), status=404)["unknown_attendees"]) == 50

    (error,) = suggest(*emails(51), status=400)["errors"]

    assert error["message"] == "At most 50 attendees, optional ones included. Send up to 10000 in a POST."


def test_a_body_may_name_10000_and_of_10001_nobody_is_asked_for(client: APIClient, availability: Service) -> None:
    fine, too_many = secrets.token_hex(8), secrets.token_hex(8)

    refused = client.post(PATH, {"attendees": emails(10_001)}, format="json", headers={"X-Request-ID": too_many})
    asked = client.post(PATH, {"attendees": emails(10_000)}, format="json", headers={"X-Request-ID": fine})

    assert (refused.status_code, asked.status_code) == (400, 404)
    assert asked.json()["unknown_attendees"] == emails(10_000)
    assert fine in availability.log
    assert too_many not in availability.log


def test_a_full_body_of_long_emails_outside_of_ascii_passes_both_hops(client: APIClient, availability: Service) -> None:
    long = [f"{number:05}@{'ä' * 57}.org" for number in range(10_000)]

    answer = client.post(PATH, {"attendees": long, **WEEK}, format="json")

    assert answer.status_code == 404
    assert answer.json()["unknown_attendees"] == long


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(client: APIClient, method: str) -> None:
    answer = getattr(client, method)(PATH)

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_body_takes_no_parameters_beside_it(client: APIClient) -> None:
    answer = client.post(f"{PATH}?duration=60", {"attendees": ["a@b.cd"]}, format="json")

    assert faults(answer) == [("duration", "unknown")]


@pytest.mark.parametrize(
    ("parameter", "choices"),
    [
        ("prefer=worst", "first, last, random, best"),
        ("step=7", "5, 10, 15, 20, 30, 45, 60"),
        ("align=7", "5, 10, 15, 30, 60"),
    ],
)
def test_an_error_about_a_choice_names_the_choices(client: APIClient, parameter: str, choices: str) -> None:
    (fault,) = client.get(f"/suggestions?attendees=a@b.cd&{parameter}").json()["errors"]

    assert fault["message"] == f"One of {choices}."
