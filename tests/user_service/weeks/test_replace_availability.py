"""PUT /users/{email}/availability."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from common.domain.week import DAYS
from tests.support.problems import assert_problem, faults
from tests.support.user_checks import NEVER, grid, interval

ANN = "/users/ann@example.org"
WEEK = f"{ANN}/availability"
# The fixtures are read only once for all examples, which is what these tests want: each replaces the whole week.
EXAMPLES = settings(
    deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

grids = st.lists(st.lists(st.sampled_from([0, 1]), min_size=24, max_size=24), min_size=7, max_size=7)
spans = st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24)).filter(lambda span: span[1] < span[2])


def put(client: APIClient, body: object) -> Any:
    return client.put(WEEK, body, format="json")


def test_a_week_is_replaced(client: APIClient, ann: dict[str, Any]) -> None:
    answer = put(client, {"intervals": [interval("tuesday", "13:00", "15:00")]})

    assert answer.status_code == 200
    assert answer.json() == {
        "email": "ann@example.org",
        "timezone": "Europe/Berlin",
        "grid": grid((1, 13), (1, 14)),
        "intervals": [interval("tuesday", "13:00", "15:00")],
    }
    read = client.get(WEEK)
    assert read.json() == answer.json()
    assert read["ETag"] == answer["ETag"]


def test_a_new_week_changes_the_user_only_in_the_time_of_the_change(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, {"grid": NEVER})

    after = client.get(ANN).json()
    assert after == ann | {"updated_at": after["updated_at"]}
    assert datetime.fromisoformat(after["updated_at"]) > datetime.fromisoformat(ann["updated_at"])


@EXAMPLES
@given(week=grids)
def test_what_comes_out_of_a_grid_goes_in_again(client: APIClient, add: Callable[..., Any], week: list[Any]) -> None:
    client.delete(ANN)
    add("ann@example.org")

    first = put(client, {"grid": week}).json()
    second = put(client, {"intervals": first["intervals"]}).json()
    third = put(client, {"grid": second["grid"]}).json()

    assert first["grid"] == week
    assert first == second == third == client.get(WEEK).json()


@EXAMPLES
@given(given_spans=st.lists(spans, max_size=8))
def test_intervals_in_any_order_overlapping_or_touching_become_the_fewest(
    client: APIClient, add: Callable[..., Any], given_spans: list[tuple[int, int, int]]
) -> None:
    client.delete(ANN)
    add("ann@example.org")
    free = {(day, hour) for day, start, end in given_spans for hour in range(start, end)}
    words = [interval(DAYS[day], f"{start:02}:00", f"{end:02}:00") for day, start, end in given_spans]

    answer = put(client, {"intervals": words}).json()

    assert answer["grid"] == grid(*free)
    ends = [(one["day"], one["end"]) for one in answer["intervals"]]
    assert not {(one["day"], one["start"]) for one in answer["intervals"]} & set(ends)
    assert len(ends) == sum(
        (day, hour) in free and (day, hour + 1) not in free for day in range(7) for hour in range(24)
    )


@pytest.mark.parametrize(
    "body", [{"grid": [[1] * 24] * 7}, {"intervals": [interval(d, "00:00", "24:00") for d in DAYS]}]
)
def test_somebody_may_always_be_free(client: APIClient, ann: dict[str, Any], body: dict[str, Any]) -> None:
    answer = put(client, body).json()

    assert answer["grid"] == [[1] * 24] * 7
    assert answer["intervals"] == [interval(day, "00:00", "24:00") for day in DAYS]


@pytest.mark.parametrize("day", ["Monday", "MONDAY"])
def test_a_day_is_named_in_any_case(client: APIClient, ann: dict[str, Any], day: str) -> None:
    answer = put(client, {"intervals": [interval(day, "09:00", "12:00")]}).json()

    assert answer["intervals"] == [interval("monday", "09:00", "12:00")]


@pytest.mark.parametrize("day", ["mon", "", 1, None, ["monday"], "x" * 100_000])
def test_an_error_about_a_day_names_the_days(client: APIClient, ann: dict[str, Any], day: Any) -> None:
    (fault,) = put(client, {"intervals": [interval(day, "09:00", "12:00")]}).json()["errors"]

    assert fault["field"] == "intervals[0].day"
    if day is not None:
        assert fault["message"] == "One of monday, tuesday, wednesday, thursday, friday, saturday, sunday."


@pytest.mark.parametrize("body", [{"grid": NEVER}, {"intervals": []}])
def test_somebody_may_never_be_free(client: APIClient, ann: dict[str, Any], body: dict[str, Any]) -> None:
    answer = put(client, body).json()

    assert (answer["grid"], answer["intervals"]) == (NEVER, [])


def test_up_to_1000_intervals_are_merged(client: APIClient, ann: dict[str, Any]) -> None:
    one = interval("monday", "09:00", "10:00")

    assert put(client, {"intervals": [one] * 1000}).json()["intervals"] == [one]
    assert faults(put(client, {"intervals": [one] * 1001})) == [("intervals", "max_length")]


def test_of_many_faults_in_many_intervals_only_200_are_looked_for(client: APIClient, ann: dict[str, Any]) -> None:
    strange = {f"k{number}": 1 for number in range(200)}

    began = time.process_time()
    answer = put(client, {"intervals": [strange] * 1000})

    assert len(faults(answer)) == 200
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize("body", [{}, {"grid": NEVER, "intervals": []}, {"grid": 5, "intervals": []}])
def test_it_is_either_a_grid_or_intervals(client: APIClient, ann: dict[str, Any], body: dict[str, Any]) -> None:
    before = client.get(WEEK).json()

    assert ("", "one_of") in faults(put(client, body))

    assert client.get(WEEK).json() == before


@pytest.mark.parametrize(("start", "end"), [("22:00", "02:00"), ("23:00", "00:00"), ("24:00", "01:00")])
def test_an_interval_over_midnight_is_told_to_be_two(
    client: APIClient, ann: dict[str, Any], start: str, end: str
) -> None:
    answer = put(client, {"intervals": [interval("friday", start, end)]})

    assert faults(answer) == [("intervals[0].end", "invalid_interval")]
    (error,) = answer.json()["errors"]
    assert "An interval over midnight is two intervals" in error["message"]
    assert "24:00" in error["message"]


@pytest.mark.parametrize("hour", ["00:00", "09:00", "24:00"])
def test_an_interval_is_not_empty(client: APIClient, ann: dict[str, Any], hour: str) -> None:
    answer = put(client, {"intervals": [interval("friday", hour, hour)]})

    assert faults(answer) == [("intervals[0].end", "invalid_interval")]
    assert "midnight" not in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "time",
    [
        "9:00",
        "09:20",
        "09:60",
        "24:15",
        "09",
        "0900",
        "09:00:00",
        "25:00",
        "24:01",
        "-1:00",
        " 09:00",
        "09:00 ",
        "",
        "\N{ARABIC-INDIC DIGIT ZERO}9:00",
        "9am",
        9,
        9.0,
        None,
        True,
        [],
        {},
    ],
)
@pytest.mark.parametrize("field", ["start", "end"])
def test_a_time_is_a_quarter_of_an_hour(client: APIClient, ann: dict[str, Any], field: str, time: object) -> None:
    answer = put(client, {"intervals": [interval("monday", "00:00", "24:00") | {field: time}]})

    assert [told for told, _ in faults(answer)] == [f"intervals[0].{field}"]


@pytest.mark.parametrize("day", ["mon", "", " monday", "0", 0, None, True, [], ["monday"], {}])
def test_a_day_is_one_of_seven_words(client: APIClient, ann: dict[str, Any], day: object) -> None:
    answer = put(client, {"intervals": [interval("monday", "00:00", "24:00") | {"day": day}]})

    assert [told for told, _ in faults(answer)] == ["intervals[0].day"]


@pytest.mark.parametrize("intervals", [None, 5, "monday", {}, {"0": {}}, [[]], [None], ["monday"], [1.5]])
def test_intervals_are_a_list_of_objects(client: APIClient, ann: dict[str, Any], intervals: object) -> None:
    answer = put(client, {"intervals": intervals})

    assert {told for told, _ in faults(answer)} <= {"intervals", "intervals[0]"}


@pytest.mark.parametrize(
    ("week", "place"),
    [
        (None, ""),
        (5, ""),
        ("0" * 168, ""),
        ({}, ""),
        ([], ""),
        ([[0] * 24] * 6, ""),
        ([[0] * 24] * 8, ""),
        ([0] * 168, ""),
        ([[0] * 24] * 6 + [[0] * 23], "[6]"),
        ([[0] * 25] + [[0] * 24] * 6, "[0]"),
        ([None] + [[0] * 24] * 6, "[0]"),
        ([[0] * 23 + [2]] + [[0] * 24] * 6, "[0][23]"),
        ([[True] + [0] * 23] + [[0] * 24] * 6, "[0][0]"),
        ([[1.0] + [0] * 23] + [[0] * 24] * 6, "[0][0]"),
        ([["1"] + [0] * 23] + [[0] * 24] * 6, "[0][0]"),
        ([[10**30] + [0] * 23] + [[0] * 24] * 6, "[0][0]"),
    ],
)
def test_a_bad_grid_is_told_by_its_place_and_changes_nothing(
    client: APIClient, ann: dict[str, Any], week: object, place: str
) -> None:
    before = client.get(WEEK).json()

    answer = put(client, {"grid": week})

    assert {told for told, _ in faults(answer)} - {f"grid{place}"} == set()
    assert client.get(WEEK).json() == before


def test_every_bad_slot_is_told(client: APIClient, ann: dict[str, Any]) -> None:
    answer = put(client, {"grid": [[2] * 24, *NEVER[1:6], [-1] * 24]})

    assert faults(answer) == sorted((f"grid[{day}][{hour}]", "invalid_grid") for day in (0, 6) for hour in range(24))


def test_an_unknown_user_is_not_found_and_not_made(client: APIClient) -> None:
    assert_problem(put(client, {"grid": NEVER}), 404, code="unknown-user")

    assert client.get("/users").json()["results"] == []


def test_an_unknown_field_or_parameter_changes_nothing(client: APIClient, ann: dict[str, Any]) -> None:
    before = client.get(WEEK).json()

    assert faults(put(client, {"grid": NEVER, "timezone": "UTC"})) == [("timezone", "unknown")]
    parameter = client.put(f"{WEEK}?merge=true", json.dumps({"grid": NEVER}), content_type="application/json")
    assert faults(parameter) == [("merge", "unknown")]

    assert client.get(WEEK).json() == before


def test_intervals_are_of_quarters_of_an_hour(client: APIClient, ann: dict[str, Any]) -> None:
    free = [interval("monday", "08:30", "12:15"), interval("tuesday", "23:45", "24:00")]
    inside = [interval("monday", "08:30", "09:00"), interval("monday", "12:00", "12:15")]

    answer = put(client, {"intervals": inside + free})

    assert answer.status_code == 200, answer.content
    stored = client.get(f"{ANN}/availability").json()
    assert stored == answer.json()
    assert stored["intervals"] == free
    monday = [int(9 <= hour < 12) for hour in range(24)]
    assert stored["grid"] == [monday, *[[0] * 24] * 6]  # an hour that is free in part is not free as a whole
