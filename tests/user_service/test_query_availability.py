"""POST /users/availability/query."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.user_checks import ODD_EMAILS, faults, grid

PATH = "/users/availability/query"
Add = Callable[..., dict[str, Any]]


def query(client: APIClient, *emails: object, **more: object) -> Any:
    return client.post(PATH, {"emails": list(emails)} | more, format="json")


def test_the_weeks_of_several_users_come_at_once(client: APIClient, ann: dict[str, Any], add: Add) -> None:
    add("bob@example.org", timezone="Asia/Kathmandu")

    answer = query(client, "bob@example.org", "nobody@example.org", "ann@example.org")

    assert answer.status_code == 200
    weeks = [client.get(f"/users/{email}/availability").json() for email in ("ann@example.org", "bob@example.org")]
    assert answer.json() == {"results": weeks, "unknown": ["nobody@example.org"]}


def test_plain_is_the_default_encoding(client: APIClient, ann: dict[str, Any]) -> None:
    plain = query(client, "ann@example.org", encoding="plain").json()

    assert query(client, "ann@example.org").json() == plain


def test_compact_weeks_are_hexadecimal_and_grouped_by_time_zone(
    client: APIClient, ann: dict[str, Any], add: Add
) -> None:
    add("bob@example.org", timezone="Europe/Berlin", availability={"grid": grid((6, 23))})
    add("carl@example.org", timezone="Asia/Kathmandu", availability={"grid": [[1] * 24] * 7})
    emails = ["ann@example.org", "bob@example.org", "carl@example.org", "nobody@example.org"]

    answer = query(client, *emails, encoding="compact").json()

    assert answer == {
        "timezones": {
            "Europe/Berlin": {"ann@example.org": f"{'007':0<42}", "bob@example.org": f"{'1':0>42}"},
            "Asia/Kathmandu": {"carl@example.org": "f" * 42},
        },
        "unknown": ["nobody@example.org"],
    }


@pytest.mark.parametrize("encoding", ["plain", "compact"])
def test_odd_emails_are_looked_up(client: APIClient, add: Add, encoding: str) -> None:
    for email in ODD_EMAILS:
        add(email)

    answer = query(client, *ODD_EMAILS, encoding=encoding).json()

    found = answer["timezones"]["UTC"] if encoding == "compact" else [week["email"] for week in answer["results"]]
    assert sorted(found) == sorted(ODD_EMAILS)
    assert answer["unknown"] == []


def test_repeats_collapse_whatever_their_spelling(client: APIClient, ann: dict[str, Any]) -> None:
    answer = query(client, "ann@example.org", "ANN@example.org ", "x@example.org", "X@example.org").json()

    assert [week["email"] for week in answer["results"]] == ["ann@example.org"]
    assert answer["unknown"] == ["x@example.org"]


@pytest.mark.parametrize("encoding", ["plain", "compact"])
def test_10000_are_one_round_trip_to_redis(
    client: APIClient, ann: dict[str, Any], asked_of_redis: Callable[[], list[tuple[str, str]]], encoding: str
) -> None:
    strangers = [f"{number}@example.org" for number in range(9_999)]

    answer = query(client, "ann@example.org", *strangers, encoding=encoding)

    assert len(answer.json()["unknown"]) == 9_999
    ((how, command),) = asked_of_redis()
    assert how == "tcp"
    assert command.startswith("MGET ")


def test_more_than_10000_are_refused_but_repeats_count_once(client: APIClient) -> None:
    emails = [f"{number}@example.org" for number in range(10_001)]

    assert faults(query(client, *emails)) == [("emails", "max_length")]
    assert query(client, *emails[:10_000], emails[0]).status_code == 200


@pytest.mark.parametrize("emails", [None, [], {}, "ann@example.org", 5, {"0": "ann@example.org"}])
def test_emails_are_a_list_of_at_least_one(client: APIClient, emails: object) -> None:
    answer = client.post(PATH, {"emails": emails}, format="json")

    assert [field for field, _ in faults(answer)] == ["emails"]


def test_each_bad_email_is_told_by_its_place(client: APIClient) -> None:
    bad: list[object] = [
        None,
        5,
        True,
        [],
        {},
        "",
        "ann",
        "a\x00@example.org",
        "a@example.org\nBcc: b@example.org",
        "x" * 9999,
    ]

    answer = query(client, "ann@example.org", *bad)

    codes = ["invalid"] * (len(bad) - 1) + ["max_length"]
    assert sorted(faults(answer)) == sorted((f"emails[{place}]", code) for place, code in enumerate(codes, 1))


@pytest.mark.parametrize("encoding", [None, "", "COMPACT", "hex", 0, True, [], ["compact"], {}])
def test_an_unknown_encoding_is_told(client: APIClient, encoding: object) -> None:
    answer = query(client, "ann@example.org", encoding=encoding)

    assert [field for field, _ in faults(answer)] == ["encoding"]


def test_all_faults_are_told_at_once(client: APIClient) -> None:
    answer = query(client, "ann", encoding="hex", email="ann@example.org")

    assert [field for field, _ in faults(answer)] == ["email", "emails[0]", "encoding"]


def test_a_query_changes_nothing(client: APIClient, ann: dict[str, Any]) -> None:
    query(client, "ann@example.org", "nobody@example.org")

    assert client.get("/users").json()["results"] == [ann]
