"""DELETE /users/{email}."""

from typing import Any

import django_redis
from rest_framework.test import APIClient

from tests.support.problems import assert_problem, faults
from tests.support.user_checks import at_once

ANN = "/users/ann@example.org"


def test_a_deleted_user_is_gone_with_their_week(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.delete(ANN)

    assert answer.status_code == 204
    assert answer.content == b""
    assert client.get("/users").json()["results"] == []
    assert client.get("/users/availability?email=ann@example.org").json()["unknown"] == ["ann@example.org"]
    for gone in (client.get(ANN), client.get(f"{ANN}/availability"), client.delete(ANN)):
        assert_problem(gone, 404, code="unknown-user")


def test_nothing_of_a_deleted_user_is_kept(client: APIClient, ann: dict[str, Any]) -> None:
    client.delete(ANN)

    assert django_redis.get_redis_connection().dbsize() == 0


def test_others_stay(client: APIClient, ann: dict[str, Any]) -> None:
    client.post("/users", {"email": "bob@example.org", "name": "Bob"}, format="json")

    client.delete("/users/bob@example.org")

    assert client.get("/users").json()["results"] == [ann]


def test_of_many_who_delete_one_user_at_once_one_does(ann: dict[str, Any]) -> None:
    answers = at_once([lambda: APIClient().delete(ANN).status_code for _ in range(8)])

    assert sorted(answers) == [204] + [404] * 7


def test_an_unknown_parameter_deletes_nobody(client: APIClient, ann: dict[str, Any]) -> None:
    assert faults(client.delete(f"{ANN}?force=true")) == [("force", "unknown")]
    assert client.get(ANN).status_code == 200
