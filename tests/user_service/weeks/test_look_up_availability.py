"""GET /users/availability."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.problems import faults
from tests.support.user_checks import ODD_EMAILS

PATH = "/users/availability"
Add = Callable[..., dict[str, Any]]


def test_the_weeks_of_several_users_come_at_once(client: APIClient, ann: dict[str, Any], add: Add) -> None:
    add("bob@example.org", timezone="Asia/Kathmandu")

    answer = client.get(f"{PATH}?email=bob@example.org&email=ann@example.org")

    assert answer.status_code == 200
    weeks = [client.get(f"/users/{email}/availability").json() for email in ("ann@example.org", "bob@example.org")]
    assert answer.json() == {"results": weeks, "unknown": []}


def test_the_unknown_are_listed_and_no_error(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.get(PATH, {"email": ["z@example.org", "ann@example.org", "b@example.org"]}).json()

    assert [week["email"] for week in answer["results"]] == ["ann@example.org"]
    assert answer["unknown"] == ["b@example.org", "z@example.org"]


def test_repeats_collapse_whatever_their_spelling(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.get(
        PATH, {"email": ["ann@example.org", " ANN@example.org", "Nobody@x.org", "nobody@x.org "]}
    ).json()

    assert [week["email"] for week in answer["results"]] == ["ann@example.org"]
    assert answer["unknown"] == ["nobody@x.org"]


def test_odd_emails_are_looked_up(client: APIClient, add: Add) -> None:
    for email in ODD_EMAILS:
        add(email)

    answer = client.get(PATH, {"email": ODD_EMAILS}).json()

    assert [week["email"] for week in answer["results"]] == sorted(ODD_EMAILS)
    assert answer["unknown"] == []


def test_an_unencoded_plus_is_a_space_as_in_every_query(client: APIClient, add: Add) -> None:
    add("ann+tag@example.org")

    assert [field for field, _ in faults(client.get(f"{PATH}?email=ann+tag@example.org"))] == ["email[0]"]
    assert client.get(f"{PATH}?email=ann%2Btag@example.org").json()["unknown"] == []


def test_50_are_looked_up_and_51_refused(client: APIClient) -> None:
    emails = [f"{number}@example.org" for number in range(51)]

    assert client.get(PATH, {"email": emails[:50]}).json()["unknown"] == sorted(emails[:50])
    assert faults(client.get(PATH, {"email": emails})) == [("email", "max_length")]


def test_it_is_one_round_trip_to_redis(
    client: APIClient, ann: dict[str, Any], asked_of_redis: Callable[[], list[tuple[str, str]]]
) -> None:
    client.get(PATH, {"email": ["ann@example.org", *(f"{number}@example.org" for number in range(49))]})

    ((how, command),) = asked_of_redis()
    assert how == "tcp"
    assert len(command.split()) == 1 + 50


@pytest.mark.parametrize("query", ["", "?", "?email"])
def test_somebody_is_named(client: APIClient, query: str) -> None:
    assert [field.split("[")[0] for field, _ in faults(client.get(PATH + query))] == ["email"]


def test_each_bad_email_is_told_by_its_place(client: APIClient) -> None:
    bad = ["ann", "", "%00@example.org", "a@example.org%0d%0aX:", "a@%E2%80%8B.org"]

    answer = client.get(f"{PATH}?email=ann@example.org&email={'&email='.join(bad)}")

    assert faults(answer) == [(f"email[{place}]", "invalid") for place in range(1, 1 + len(bad))]


@pytest.mark.parametrize("name", ["emails", "Email", "email[]", "encoding"])
def test_an_unknown_parameter_is_told(client: APIClient, name: str) -> None:
    assert faults(client.get(PATH, {"email": "ann@example.org", name: "x"})) == [(name, "unknown")]


def test_no_other_method_is_allowed(client: APIClient) -> None:
    assert client.post(PATH).status_code == 405
