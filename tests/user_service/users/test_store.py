"""What is stored: little for each user, all of a change or nothing, and no write lost."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import django_redis
import pytest
import requests
from rest_framework.test import APIClient

from tests.support.commands import run
from tests.support.servers import HOST, Service, free_port
from tests.support.user_checks import at_once, grid

ANN = "/users/ann@example.org"
WEEK = f"{ANN}/availability"
Add = Callable[..., dict[str, Any]]


def test_an_ordinary_user_is_a_record_of_less_than_250_bytes(add: Add) -> None:
    add(
        "annabelle.example-smith@example.org",
        name="Annabelle Example-Smith",
        timezone="America/Argentina/Buenos_Aires",
        availability={"grid": [[0, 1] * 12] * 7},
    )

    redis = django_redis.get_redis_connection()
    records = [key for key in redis.scan_iter() if redis.type(key) == b"string"]

    assert len(records) == 1
    assert redis.strlen(records[0]) < 250


def test_what_is_stored_does_not_expire(add: Add) -> None:
    add("ann@example.org")

    redis = django_redis.get_redis_connection()

    assert [redis.ttl(key) for key in redis.scan_iter()] == [-1, -1]


def patch(changes: dict[str, str]) -> int:
    return APIClient().patch(ANN, changes, format="json").status_code


def put(week: list[list[int]]) -> int:
    return APIClient().put(WEEK, {"grid": week}, format="json").status_code


def test_changes_of_different_things_at_once_are_all_kept(client: APIClient, ann: dict[str, Any]) -> None:
    for turn in range(24):
        name, timezone, week = f"Ann {turn}", ("UTC", "Europe/Berlin")[turn % 2], grid((0, turn))

        answers = at_once([partial(patch, {"name": name}), partial(patch, {"timezone": timezone}), partial(put, week)])

        assert answers == [200, 200, 200]
        assert client.get(ANN).json()["name"] == name
        after = client.get(WEEK).json()
        assert (after["timezone"], after["grid"]) == (timezone, week)


def test_of_many_writes_of_one_thing_at_once_each_succeeds_and_one_is_last(
    client: APIClient, ann: dict[str, Any]
) -> None:
    weeks = [grid((2, hour)) for hour in range(16)]

    assert at_once([partial(put, week) for week in weeks]) == [200] * 16

    assert client.get(WEEK).json()["grid"] in weeks


def test_who_repeats_on_412_loses_no_hour_to_others_in_other_processes(server: Service, add: Add) -> None:
    add("ann@example.org")

    def add_hours(day: int) -> None:
        with requests.Session() as session:
            for hour in range(4):
                status = 412
                while status == 412:
                    read = session.get(server.url + WEEK, timeout=10)
                    week = read.json()["grid"]
                    week[day][hour] = 1
                    tag = {"If-Match": read.headers["ETag"]}
                    status = session.put(server.url + WEEK, json={"grid": week}, headers=tag, timeout=10).status_code
                assert status == 200

    at_once([partial(add_hours, day) for day in range(6)])

    week = requests.get(server.url + WEEK, timeout=10).json()["grid"]
    assert week == grid(*((day, hour) for day in range(6) for hour in range(4)))


def test_record_and_index_agree_after_everybody_came_and_went_at_once(client: APIClient) -> None:
    emails = [f"{letter}@example.org" for letter in "abcd"]

    def churn(seed: int) -> set[int]:
        own, choice = APIClient(), random.Random(seed)
        seen = set()
        for _ in range(25):
            email = choice.choice(emails)
            seen.add(own.post("/users", {"email": email, "name": "Somebody"}, format="json").status_code)
            seen.add(own.delete(f"/users/{choice.choice(emails)}").status_code)
        return seen

    def read() -> set[int]:
        own = APIClient(raise_request_exception=False)
        return {own.get("/users?limit=2").status_code for _ in range(25)}

    calls: list[Callable[[], set[int]]] = [*(partial(churn, seed) for seed in range(6)), read]
    *churned, listed = at_once(calls)

    assert set().union(*churned) <= {201, 409, 204, 404}
    assert listed == {200}
    stored = [email for email in emails if client.get(f"/users/{email}").status_code == 200]
    assert [user["email"] for user in client.get("/users").json()["results"]] == stored


def test_reading_a_user_is_one_round_trip_and_changing_one_two(
    client: APIClient, ann: dict[str, Any], asked_of_redis: Callable[[], list[tuple[str, str]]]
) -> None:
    client.patch(ANN, {"name": "Ann B."}, format="json")
    asked_of_redis()

    client.get(ANN)
    assert [how for how, _ in asked_of_redis()] == ["tcp"]
    client.patch(ANN, {"name": "Ann C."}, format="json")
    assert [how for how, _ in asked_of_redis()].count("tcp") == 2


@pytest.mark.parametrize("begin", ["redis://", "redis+sentinel://", "redis+cluster://"])
@pytest.mark.parametrize("query", ["nonsense=s3cret", "ssl=true", "ssl_ca_certs=/s3cret", "db=s3cret"])
def test_an_option_that_makes_no_sense_ends_a_start_with_one_line(begin: str, query: str) -> None:
    name = "/name" if "sentinel" in begin else ""

    listed = run("user_service", "list_users", REDIS_URL=f"{begin}{HOST}:{free_port()}{name}?{query}")

    assert (listed.code, listed.err.count("\n")) == (1, 1)
    assert listed.err.startswith("REDIS_URL ")
    assert "s3cret" not in listed.err
