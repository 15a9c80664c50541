"""PATCH /users/{email}."""

from datetime import datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.problems import assert_problem, faults

ANN = "/users/ann@example.org"


def test_name_and_time_zone_are_changed(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.patch(ANN, {"name": "Ann B.", "timezone": "Asia/Kathmandu"}, format="json")

    assert answer.status_code == 200
    changed = answer.json()
    assert changed == ann | {
        "name": "Ann B.",
        "timezone": "Asia/Kathmandu",
        "updated_at": changed["updated_at"],
    }
    read = client.get(ANN)
    assert read.json() == changed
    assert read["ETag"] == answer["ETag"]


@pytest.mark.parametrize("change", [{"name": "Ann B."}, {"timezone": "UTC"}, {}])
def test_what_is_not_named_stays(client: APIClient, ann: dict[str, Any], change: dict[str, str]) -> None:
    week = client.get(f"{ANN}/availability").json()

    changed = client.patch(ANN, change, format="json").json()

    assert changed == ann | change | {"updated_at": changed["updated_at"]}
    after = client.get(f"{ANN}/availability").json()
    assert (after["grid"], after["intervals"]) == (week["grid"], week["intervals"])


def test_the_time_of_the_change_is_later_than_that_of_the_creation(client: APIClient, ann: dict[str, Any]) -> None:
    changed = client.patch(ANN, {"name": "Ann B."}, format="json").json()

    assert changed["created_at"] == ann["created_at"]
    assert datetime.fromisoformat(changed["updated_at"]) > datetime.fromisoformat(ann["updated_at"])


def test_a_week_follows_its_user_to_another_time_zone(client: APIClient, ann: dict[str, Any]) -> None:
    client.patch(ANN, {"timezone": "America/Havana"}, format="json")

    assert client.get(f"{ANN}/availability").json()["timezone"] == "America/Havana"


def test_an_unknown_user_is_not_found_and_not_made(client: APIClient) -> None:
    assert_problem(client.patch("/users/nobody@example.org", {"name": "N"}, format="json"), 404, code="unknown-user")

    assert client.get("/users/nobody@example.org").status_code == 404


@pytest.mark.parametrize("field", ["email", "created_at", "updated_at", "availability", "grid", "nmae"])
def test_nothing_else_can_be_changed(client: APIClient, ann: dict[str, Any], field: str) -> None:
    answer = client.patch(ANN, {"name": "Ann B.", field: "bob@example.org"}, format="json")

    assert faults(answer) == [(field, "unknown")]
    assert client.get(ANN).json() == ann


@pytest.mark.parametrize("wrong", [None, "", " ", 5, True, [], {}, "a\x00b"])
@pytest.mark.parametrize("field", ["name", "timezone"])
def test_a_bad_value_changes_nothing(client: APIClient, ann: dict[str, Any], field: str, wrong: object) -> None:
    answer = client.patch(ANN, {"name": "Ann B.", "timezone": "UTC"} | {field: wrong}, format="json")

    assert {told for told, _ in faults(answer)} == {field}
    assert client.get(ANN).json() == ann


def test_all_faults_are_told_at_once(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.patch(ANN, {"name": "", "timezone": "Mars", "email": "b@example.org"}, format="json")

    assert [field for field, _ in faults(answer)] == ["email", "name", "timezone"]
