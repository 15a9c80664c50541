"""POST /users/availability/query."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django_redis
import pytest
from rest_framework.test import APIClient

from tests.support.commands import call
from tests.support.problems import faults
from tests.support.user_checks import ODD_EMAILS, grid
from user_service.store import keys

PATH = "/users/availability/query"
Add = Callable[..., dict[str, Any]]


def query(client: APIClient, *emails: object, **more: object) -> Any:
    return client.post(PATH, {"emails": list(emails)} | more, format="json")


def test_weeks_are_hexadecimal_and_grouped_by_time_zone(client: APIClient, ann: dict[str, Any], add: Add) -> None:
    add("bob@example.org", timezone="Europe/Berlin", availability={"grid": grid((6, 23))})
    add("carl@example.org", timezone="Asia/Kathmandu", availability={"grid": [[1] * 24] * 7})
    emails = ["ann@example.org", "bob@example.org", "carl@example.org", "nobody@example.org"]

    answer = query(client, *emails)

    assert answer.status_code == 200
    assert answer.json() == {
        "timezones": {
            "Europe/Berlin": {"ann@example.org": f"{'007':0<42}", "bob@example.org": f"{'1':0>42}"},
            "Asia/Kathmandu": {"carl@example.org": "f" * 42},
        },
        "unknown": ["nobody@example.org"],
    }


def test_odd_emails_are_looked_up(client: APIClient, add: Add) -> None:
    for email in ODD_EMAILS:
        add(email)

    answer = query(client, *ODD_EMAILS).json()

    assert sorted(answer["timezones"]["UTC"]) == sorted(ODD_EMAILS)
    assert answer["unknown"] == []


def test_repeats_collapse_whatever_their_spelling(client: APIClient, ann: dict[str, Any]) -> None:
    answer = query(client, "ann@example.org", "ANN@example.org ", "x@example.org", "X@example.org").json()

    assert list(answer["timezones"]["Europe/Berlin"]) == ["ann@example.org"]
    assert answer["unknown"] == ["x@example.org"]


def test_10000_are_one_round_trip_to_redis(
    client: APIClient, ann: dict[str, Any], asked_of_redis: Callable[[], list[tuple[str, str]]]
) -> None:
    strangers = [f"{number}@example.org" for number in range(9_999)]

    answer = query(client, "ann@example.org", *strangers)

    assert len(answer.json()["unknown"]) == 9_999
    ((how, command),) = asked_of_redis()
    assert how == "tcp"
    assert command.startswith("MGET ")


def test_of_many_who_have_much_only_what_was_asked_for_is_held(client: APIClient, tmp_path: Path) -> None:
    days = {(date(2027, 1, 1) + timedelta(number)).isoformat(): "0" * 24 for number in range(1000)}
    busy = [[minute, minute + 5] for minute in range(30_000_000, 30_050_000, 10)]
    people = [f"{number}@example.org" for number in range(20)]
    much: dict[str, Any] = {"overrides": days, "calendars": {"work": {"intervals": busy}}}
    lines = [json.dumps({"email": email, "name": "Busy", **much}) for email in people]
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(lines))
    assert call("import_users", str(file)).code == 0
    stored = sum(map(len, django_redis.get_redis_connection().mget(map(keys.user, people))))

    tracemalloc.start()
    try:
        answer = query(client, *people, start=30_000_000, end=30_000_060)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert answer.json()["busy"][people[-1]] == busy[:6]
    assert peak < 3 * stored  # twice of which are the answer of Redis as it is read


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


def test_all_faults_are_told_at_once(client: APIClient) -> None:
    answer = query(client, "ann", email="ann@example.org")

    assert [field for field, _ in faults(answer)] == ["email", "emails[0]"]


def test_a_query_changes_nothing(client: APIClient, ann: dict[str, Any]) -> None:
    query(client, "ann@example.org", "nobody@example.org")

    assert client.get("/users").json()["results"] == [ann]
