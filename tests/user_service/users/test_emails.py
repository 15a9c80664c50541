"""Whatever a valid email holds, its user can be created, found, changed and deleted (contract, section 4)."""

from typing import Any
from urllib.parse import quote

import pytest
import requests
from rest_framework.test import APIClient

from tests.support.problems import assert_problem
from tests.support.servers import Service
from tests.support.user_checks import NEVER, ODD_EMAILS, path_of


def test_the_emails_are_odd_but_valid_and_one_is_as_long_as_can_be() -> None:
    assert max(map(len, ODD_EMAILS)) == 254


@pytest.mark.parametrize("email", ODD_EMAILS)
def test_a_user_with_an_odd_email_is_followed_from_creation_to_deletion(client: APIClient, email: str) -> None:
    created = client.post("/users", {"email": email, "name": "Somebody"}, format="json")

    assert created.status_code == 201
    assert created.json()["email"] == email
    assert created["Location"].isascii()
    for path in (created["Location"], path_of(email)):
        assert client.get(path).json() == created.json()
    assert client.patch(path_of(email), {"name": "Ann"}, format="json").json()["name"] == "Ann"
    assert client.put(f"{path_of(email)}/availability", {"grid": [[1] * 24] * 7}, format="json").status_code == 200
    assert client.get(f"{path_of(email)}/availability").json()["email"] == email
    assert client.get(f"/users/availability?email={quote(email, safe='')}").json()["results"]
    assert client.delete(created["Location"]).status_code == 204
    assert client.get(path_of(email)).status_code == 404


@pytest.mark.parametrize("email", ODD_EMAILS)
def test_the_same_over_http(server: Service, email: str) -> None:
    def send(method: str, path: str, body: Any = None) -> requests.Response:
        return requests.request(method, server.url + path, json=body, timeout=10)

    created = send("POST", "/users", {"email": email, "name": "Somebody"})

    assert created.status_code == 201
    location = created.headers["Location"]
    assert send("GET", location).json() == send("GET", path_of(email)).json() == created.json()
    assert send("PATCH", path_of(email), {"name": "Ann"}).json()["name"] == "Ann"
    assert send("PUT", f"{location}/availability", {"grid": NEVER}).json()["grid"] == NEVER
    assert send("GET", f"{path_of(email)}/availability").json()["email"] == email
    assert send("GET", f"/users/availability?email={quote(email, safe='')}").json()["results"]
    assert send("POST", "/users/availability/query", {"emails": [email]}).json()["unknown"] == []
    assert send("GET", "/users?limit=1").json()["results"][0]["email"] == email
    assert send("DELETE", location).status_code == 204
    assert send("GET", path_of(email)).status_code == 404


SPELLINGS = ["A@Exämple.org", "a@xn--exmple-cua.org", "a@exa\u0308mple.org", "a@\uff45\uff58ämple\uff0eorg"]


@pytest.mark.parametrize("created", SPELLINGS)
def test_however_it_is_spelled_an_email_is_one_user(client: APIClient, created: str) -> None:
    user = client.post("/users", {"email": created, "name": "Ann"}, format="json").json()

    assert user["email"] == "a@exämple.org"
    for spelling in SPELLINGS:
        assert_problem(
            client.post("/users", {"email": spelling, "name": "Eve"}, format="json"), 409, code="email-taken"
        )
        assert client.get(path_of(spelling)).json() == user
    weeks = client.get("/users/availability", {"email": SPELLINGS}).json()
    assert [week["email"] for week in weeks["results"]] == [user["email"]]
    assert client.delete(path_of(SPELLINGS[1])).status_code == 204
    assert client.get("/users").json()["results"] == []


def test_50_emails_nearly_as_long_as_can_be_fit_into_a_request_line(server: Service) -> None:
    # Three times 63 characters in ASCII, less the two that the local part and its @ take, and 54: 64,432 bytes in all.
    emails = [f"a@{number:02}{'ü' * 52}.{'ü' * 56}.{'ü' * 56}.{'ü' * 48}" for number in range(50)]

    answer = requests.get(f"{server.url}/users/availability", {"email": emails}, timeout=10)

    assert answer.json() == {"results": [], "unknown": emails}
