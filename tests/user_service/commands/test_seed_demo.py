"""manage.py seed_demo."""

import json

from rest_framework.test import APIClient

from tests.support.commands import call, run

FIVE = ["ann@example.org", "bob@example.org", "cyd@example.org", "dee@example.org", "eva@example.org"]


def test_people_to_try_the_services_with_are_stored(client: APIClient) -> None:
    seeded = run("user_service", "seed_demo")

    assert (seeded.code, seeded.err) == (0, "")
    assert seeded.out.startswith("email\toutcome\nann@example.org\tcreated\n")
    assert len(client.get("/users").json()["results"]) == 6
    weeks = client.get("/users/availability", {"email": FIVE}).json()["results"]
    assert all(week["intervals"] for week in weeks)


def test_whatever_was_changed_of_them_is_put_back(client: APIClient) -> None:
    call("seed_demo")
    client.patch("/users/ann@example.org", {"name": "Anna"}, format="json")

    again = json.loads(call("seed_demo", "--json").out)["outcomes"]

    assert again.pop("ann@example.org") == "updated"
    assert set(again.values()) == {"unchanged"}
    assert client.get("/users/ann@example.org").json()["name"] == "Ann Albers"
