"""POST /users."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.problems import assert_problem, faults
from tests.support.user_checks import NEVER, at_once, grid, interval

ANN = {"email": "ann@example.org", "name": "Ann"}


def nobody_is_stored(client: APIClient) -> bool:
    """Whether the list of users is empty."""
    return bool(client.get("/users").json() == {"results": [], "next": None})


def test_a_user_is_created_and_can_be_read(client: APIClient) -> None:
    created = client.post("/users", {"email": " Ann@Example.org ", "name": "Ann"}, format="json")

    assert created.status_code == 201
    assert created["Location"] == "/users/ann@example.org"
    assert created.json().items() >= {"email": "ann@example.org", "name": "Ann", "timezone": "UTC"}.items()
    read = client.get(created["Location"])
    assert read.json() == created.json()
    assert read["ETag"] == created["ETag"]


def test_a_user_has_just_these_members(ann: dict[str, Any]) -> None:
    assert list(ann) == ["email", "name", "timezone", "created_at", "updated_at"]


def test_a_user_is_created_now(ann: dict[str, Any]) -> None:
    assert ann["created_at"] == ann["updated_at"]
    assert ann["created_at"].endswith("Z")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(ann["created_at"])) < timedelta(minutes=1)


def test_nobody_is_available_until_they_say_so(client: APIClient, add: Callable[..., Any]) -> None:
    add("ann@example.org")

    week = client.get("/users/ann@example.org/availability").json()

    assert week == {"email": "ann@example.org", "timezone": "UTC", "grid": NEVER, "intervals": []}


@pytest.mark.parametrize(
    "availability", [{"grid": grid((6, 22), (6, 23))}, {"intervals": [interval("sunday", "22:00", "24:00")]}]
)
def test_a_user_can_bring_a_week_along(client: APIClient, availability: dict[str, Any]) -> None:
    created = client.post("/users", ANN | {"availability": availability}, format="json")

    assert created.status_code == 201
    week = client.get("/users/ann@example.org/availability").json()
    assert week["grid"] == grid((6, 22), (6, 23))
    assert week["intervals"] == [interval("sunday", "22:00", "24:00")]


@pytest.mark.parametrize("again", ["ann@example.org", "ANN@EXAMPLE.ORG", "\t ann@Example.org\n"])
def test_a_taken_email_is_a_conflict_and_changes_nothing(client: APIClient, ann: dict[str, Any], again: str) -> None:
    answer = client.post("/users", {"email": again, "name": "Another"}, format="json")

    assert "ann@example.org" in assert_problem(answer, 409, code="email-taken")["detail"]
    assert client.get("/users/ann@example.org").json() == ann
    assert len(client.get("/users").json()["results"]) == 1


def test_of_many_who_want_one_email_at_once_one_gets_it() -> None:
    def create(name: str) -> tuple[int, str]:
        answer = APIClient().post("/users", ANN | {"name": name}, format="json")
        return answer.status_code, name

    answers = at_once([partial(create, name) for name in "abcdefgh"])

    assert sorted(status for status, _ in answers) == [201] + [409] * 7
    winner = next(name for status, name in answers if status == 201)
    assert APIClient().get("/users/ann@example.org").json()["name"] == winner


def test_a_deleted_email_is_free_again_and_its_new_user_starts_anew(client: APIClient, ann: dict[str, Any]) -> None:
    client.delete("/users/ann@example.org")

    created = client.post("/users", ANN | {"name": "Another"}, format="json")

    assert created.status_code == 201
    assert created.json()["timezone"] == "UTC"
    assert client.get("/users/ann@example.org/availability").json()["grid"] == NEVER


@pytest.mark.parametrize(
    "name", ["Ann", "  Ann  ", "José 李", "\U0001f980", "x" * 200, "a\N{ZERO WIDTH JOINER}b", "'\"\\/<b>&;", "0"]
)
def test_a_name_is_kept_as_it_is_but_for_white_space_around_it(client: APIClient, name: str) -> None:
    client.post("/users", ANN | {"name": name}, format="json")

    assert client.get("/users/ann@example.org").json()["name"] == name.strip()


def test_two_spellings_of_one_unicode_email_are_one_user(client: APIClient, add: Callable[..., Any]) -> None:
    add("a@b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example")

    again = client.post("/users", {"email": "A@Bu\N{COMBINING DIAERESIS}cher.example", "name": "B"}, format="json")

    assert_problem(again, 409, code="email-taken")


@pytest.mark.parametrize(
    "email",
    [
        "ann",
        "@example.org",
        "ann@",
        "ann@@example.org",
        "a b@example.org",
        "ann@example.org.",
        "ann@-example.org",
        "a..b@example.org",
        "<ann@example.org>",
        "ann@example.org, bob@example.org",
        "ann@example.org\r\nBcc: bob@example.org",
        "ann\n@example.org",
        '"a\r\nb"@example.org',
        "ann@example.org\x00",
        '"\x01"@example.org',
        "ann@exa\N{ZERO WIDTH SPACE}mple.org",
        "ann@exa\N{SOFT HYPHEN}mple.org",
        "ann@example\N{LINE SEPARATOR}.org",
        "ann@example\N{RIGHT-TO-LEFT OVERRIDE}.org",
        "a" * 243 + "@example.org",
    ],
)
def test_what_is_no_email_is_told_and_nothing_is_stored(client: APIClient, email: str) -> None:
    answer = client.post("/users", ANN | {"email": email}, format="json")

    assert {field for field, _ in faults(answer)} == {"email"}
    assert nobody_is_stored(client)


@pytest.mark.parametrize("name", ["", "  \t ", "x" * 201, "a\nb", "a\x00b", "a\x1b[31mb", "a\x7fb", "a\x85b"])
def test_a_name_is_1_to_200_printable_characters(client: APIClient, name: str) -> None:
    answer = client.post("/users", ANN | {"name": name}, format="json")

    assert {field for field, _ in faults(answer)} == {"name"}
    assert nobody_is_stored(client)


@pytest.mark.parametrize(
    "timezone",
    [
        "",
        "Mars/Olympus",
        "europe/berlin",
        " UTC",
        "../../etc/passwd",
        "/etc/localtime",
        "Europe",
        "UTC\x00",
        "x" * 9999,
    ],
)
def test_a_time_zone_is_one_of_iana(client: APIClient, timezone: str) -> None:
    answer = client.post("/users", ANN | {"timezone": timezone}, format="json")

    assert {field for field, _ in faults(answer)} == {"timezone"}
    assert nobody_is_stored(client)


def test_a_misspelt_time_zone_is_answered_with_the_nearest(client: APIClient) -> None:
    answer = client.post("/users", ANN | {"timezone": "europe/berln"}, format="json")

    assert "Did you mean 'Europe/Berlin'?" in answer.json()["detail"]


@pytest.mark.parametrize("wrong", [None, 5, 5.5, True, [], ["ann@example.org"], {}, {"a": 1}])
@pytest.mark.parametrize("field", ["email", "name", "timezone", "availability"])
def test_a_value_of_another_type_is_never_taken_for_one(client: APIClient, field: str, wrong: object) -> None:
    answer = client.post("/users", ANN | {field: wrong}, format="json")

    assert {told.split(".")[0] for told, _ in faults(answer)} == {field}
    assert nobody_is_stored(client)


@pytest.mark.parametrize("body", ["null", "[]", '[{"email": "ann@example.org", "name": "Ann"}]', '"ann"', "5", "true"])
def test_a_body_that_is_no_object_is_told(client: APIClient, body: str) -> None:
    answer = client.post("/users", body, content_type="application/json")

    assert [field for field, _ in faults(answer)] == [""]


def test_a_request_without_a_body_is_told_what_is_missing(client: APIClient) -> None:
    assert faults(client.post("/users")) == [("email", "required"), ("name", "required")]


def test_all_faults_are_told_at_once_each_with_its_field(client: APIClient) -> None:
    week = {
        "grid": [[2, *[0] * 23], *[[0] * 24] * 5, []],
        "intervals": [
            interval("monday", "09:00", "10:00"),
            interval("someday", "9:00", "25:00"),
            interval("friday", "22:00", "02:00"),
            {"day": "friday", "from": "10:00"},
            7,
        ],
        "colour": "red",
    }
    body = {"email": "ann", "name": 5, "timezone": "Mars/Olympus", "availability": week, "nmae": "Ann"}

    answer = client.post("/users", body, format="json")

    assert faults(answer) == [
        ("availability", "one_of"),
        ("availability.colour", "unknown"),
        ("availability.grid[0][0]", "invalid_grid"),
        ("availability.grid[6]", "invalid_grid"),
        ("availability.intervals[1].day", "invalid_choice"),
        ("availability.intervals[1].end", "invalid_time"),
        ("availability.intervals[1].start", "invalid_time"),
        ("availability.intervals[2].end", "invalid_interval"),
        ("availability.intervals[3].end", "required"),
        ("availability.intervals[3].from", "unknown"),
        ("availability.intervals[3].start", "required"),
        ("availability.intervals[4]", "invalid"),
        ("email", "invalid"),
        ("name", "invalid"),
        ("nmae", "unknown"),
        ("timezone", "unknown_timezone"),
    ]
    assert nobody_is_stored(client)


def test_an_unknown_field_is_told_with_the_known_ones(client: APIClient) -> None:
    answer = client.post("/users", ANN | {"time_zone": "UTC"}, format="json")

    assert faults(answer) == [("time_zone", "unknown")]
    assert "timezone" in answer.json()["detail"]


def test_an_unknown_parameter_is_told(client: APIClient) -> None:
    answer = client.post("/users?dry_run=1", ANN, format="json")

    assert faults(answer) == [("dry_run", "unknown")]
    assert nobody_is_stored(client)
