"""GET /users/{email}/availability."""

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from tests.support.problems import assert_problem, faults
from tests.support.user_checks import grid, interval

WEEK = "/users/ann@example.org/availability"


def test_a_week_is_read_as_grid_and_as_intervals(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.get(WEEK)

    assert answer.status_code == 200
    assert answer["ETag"]
    assert answer.json() == {
        "email": "ann@example.org",
        "timezone": "Europe/Berlin",
        "grid": grid((0, 9), (0, 10), (0, 11)),
        "intervals": [interval("monday", "09:00", "12:00")],
    }


def test_the_intervals_are_in_order_and_none_reaches_over_midnight(client: APIClient, add: Callable[..., Any]) -> None:
    free = [(6, 23), (0, 0), (2, 23), (3, 0), (3, 1), (3, 5)]
    add("ann@example.org", availability={"grid": grid(*free)})

    assert client.get(WEEK).json()["intervals"] == [
        interval("monday", "00:00", "01:00"),
        interval("wednesday", "23:00", "24:00"),
        interval("thursday", "00:00", "02:00"),
        interval("thursday", "05:00", "06:00"),
        interval("sunday", "23:00", "24:00"),
    ]


def test_an_email_is_found_in_any_spelling(client: APIClient, ann: dict[str, Any]) -> None:
    assert client.get("/users/%20ANN@Example.org/availability").json() == client.get(WEEK).json()


def test_an_unknown_user_is_not_found(client: APIClient) -> None:
    assert_problem(client.get("/users/nobody@example.org/availability"), 404, code="unknown-user")


def test_an_unknown_parameter_is_told(client: APIClient, ann: dict[str, Any]) -> None:
    assert faults(client.get(f"{WEEK}?timezone=UTC")) == [("timezone", "unknown")]
