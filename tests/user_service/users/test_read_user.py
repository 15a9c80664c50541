"""GET /users/{email}."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.problems import assert_problem, faults


def test_a_user_is_read(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.get("/users/ann@example.org")

    assert answer.status_code == 200
    assert answer.json() == ann
    assert answer["ETag"]


@pytest.mark.parametrize("spelling", ["ANN@Example.org", "%20ann@example.org%20", "ann%40example.org"])
def test_an_email_is_found_in_any_spelling(client: APIClient, ann: dict[str, Any], spelling: str) -> None:
    assert client.get(f"/users/{spelling}").json() == ann


@pytest.mark.parametrize("path", ["nobody@example.org", "nobody", "a%00b", "a%ff", "%", "../users"])
def test_an_unknown_user_is_not_found(client: APIClient, ann: dict[str, Any], path: str) -> None:
    assert_problem(client.get(f"/users/{path}"), 404, code="unknown-user")


def test_the_problem_names_whom_it_did_not_find_and_where(client: APIClient) -> None:
    members = assert_problem(client.get("/users/N%C3%B3%20body%23@Example.org"), 404, code="unknown-user")

    assert members["detail"] == "There is no user with the email Nó body#@Example.org."
    assert members["instance"] == "/users/N%C3%B3%20body%23@Example.org"


def test_head_answers_as_get_does(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.head("/users/ann@example.org")

    assert answer.status_code == 200
    assert answer["ETag"] == client.get("/users/ann@example.org")["ETag"]
    assert client.head("/users/nobody@example.org").status_code == 404


def test_an_unknown_parameter_is_told(client: APIClient, ann: dict[str, Any]) -> None:
    assert faults(client.get("/users/ann@example.org?fields=name")) == [("fields", "unknown")]
