"""GET /users."""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.problems import faults
from tests.support.user_checks import ODD_EMAILS, at_once
from user_service.store import keys

Add = Callable[..., dict[str, Any]]


def pages(client: APIClient, first: str) -> Iterator[list[str]]:
    """The emails of each page, from this address on."""
    address: str | None = first
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        page = answer.json()
        yield [user["email"] for user in page["results"]]
        address = page["next"]


def walk(client: APIClient, first: str) -> list[str]:
    """All emails, page by page."""
    return [email for page in pages(client, first) for email in page]


def test_users_are_listed_by_email(client: APIClient, add: Add) -> None:
    users = {email: add(email) for email in ("carl@example.org", "ann@example.org", "bob@example.org")}

    assert client.get("/users").json() == {"results": [users[email] for email in sorted(users)], "next": None}


def test_without_users_the_list_is_empty(client: APIClient) -> None:
    assert client.get("/users").json() == {"results": [], "next": None}


def test_the_next_page_begins_where_this_one_ends(client: APIClient, add: Add) -> None:
    for letter in "abcde":
        add(f"{letter}@example.org")

    first = client.get("/users?limit=2").json()
    second = client.get(first["next"]).json()
    last = client.get(second["next"]).json()

    assert first["next"].startswith("http://testserver/users?")
    assert [[user["email"][0] for user in page["results"]] for page in (first, second, last)] == [
        ["a", "b"],
        ["c", "d"],
        ["e"],
    ]
    assert last["next"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7, 1000])
def test_pages_of_any_size_hold_each_user_once(client: APIClient, add: Add, limit: int) -> None:
    emails = sorted(add(f"{number}@example.org")["email"] for number in range(6))

    found = list(pages(client, f"/users?limit={limit}"))

    assert [email for page in found for email in page] == emails
    assert all(len(page) == limit for page in found[:-1])
    assert found[-1]


def test_a_page_holds_100_users_unless_told_otherwise(client: APIClient, add: Add) -> None:
    for number in range(101):
        add(f"{number}@example.org")

    assert list(map(len, pages(client, "/users"))) == [100, 1]


def test_odd_emails_are_listed_page_by_page_in_the_order_of_their_code_points(client: APIClient, add: Add) -> None:
    for email in ODD_EMAILS:
        add(email)

    assert walk(client, "/users?limit=1") == sorted(ODD_EMAILS)


def test_a_walk_sees_everybody_who_is_there_all_the_time_once(client: APIClient, add: Add) -> None:
    staying = [add(f"{number}@example.org")["email"] for number in range(10, 40)]

    def come_and_go() -> list[str]:
        churner = APIClient()
        for number in range(10, 40):
            email = f"{number}-guest@example.org"
            assert churner.post("/users", {"email": email, "name": "Guest"}, format="json").status_code == 201
            assert churner.delete(f"/users/{email}").status_code == 204
        return []

    walks = at_once([come_and_go, *[lambda: walk(APIClient(), "/users?limit=2") for _ in range(3)]])

    for found in walks[1:]:
        assert [email for email in found if "guest" not in email] == staying
        assert found == sorted(set(found))


def test_who_was_added_before_the_cursor_does_not_shift_the_pages(client: APIClient, add: Add) -> None:
    for letter in "bcd":
        add(f"{letter}@example.org")
    following = client.get("/users?limit=1").json()["next"]

    add("a@example.org")
    client.delete("/users/b@example.org")

    assert walk(client, following) == ["c@example.org", "d@example.org"]


def test_a_page_costs_two_round_trips_and_no_more_than_the_page(
    client: APIClient, add: Add, asked_of_redis: Callable[[], list[tuple[str, str]]]
) -> None:
    for number in range(30):
        add(f"{number:02}@example.org")
    following = client.get("/users?limit=10").json()["next"]
    asked_of_redis()

    assert len(client.get(following).json()["results"]) == 10

    calls = asked_of_redis()
    *indices, records = [command for _, command in calls]
    assert sorted(indices) == [f"ZRANGE users:{tag} (09@example.org + BYLEX LIMIT 0 8" for tag in keys.TAGS]
    assert re.fullmatch(r"MGET( user:\{\d\d\}:\d\d@example\.org){11}", records)


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "ten", "1.0", "1e2", "0x10", "", "٣", "9" * 20, "9" * 5000])
def test_a_limit_is_1_to_1000(client: APIClient, limit: str) -> None:
    assert [field for field, _ in faults(client.get("/users", {"limit": limit}))] == ["limit"]


@pytest.mark.parametrize(
    "cursor", ["", "!", "ann@example.org", "YQ", "YQ=", "=", "a b", "ü", base64.b64encode(b"\xff").decode(), "AA=="]
)
def test_a_cursor_that_no_page_gave_is_told(client: APIClient, cursor: str) -> None:
    assert [field for field, _ in faults(client.get("/users", {"cursor": cursor}))] == ["cursor"]


@pytest.mark.parametrize("beyond", ["\x7f", "[", "(", "+", "-", "~" * 10_000, "\N{SNOWMAN}"])
def test_a_forged_cursor_is_a_place_like_any_other(client: APIClient, add: Add, beyond: str) -> None:
    add("m@example.org")

    answer = client.get("/users", {"cursor": base64.urlsafe_b64encode(beyond.encode()).decode()})

    assert [user["email"] for user in answer.json()["results"]] == ["m@example.org"] * (beyond < "m")


def test_all_faults_of_a_query_are_told_at_once(client: APIClient) -> None:
    answer = client.get("/users?limit=0&cursor=!&offset=10")

    assert faults(answer) == [("cursor", "invalid"), ("limit", "min_value"), ("offset", "unknown")]


def test_a_parameter_given_twice_is_told(client: APIClient) -> None:
    assert faults(client.get("/users?limit=1&limit=2")) == [("limit", "repeated")]
