"""manage.py common."""

import json
from typing import Any

import pytest

from tests.support.commands import run, run_on_terminal
from tests.support.people import Store, email
from tests.support.servers import HOST, free_port

ANN, BOB, CYD = map(email, ("ann", "bob", "cyd"))
WINDOW = ["--start", "2026-11-23", "--end", "2026-11-24"]


@pytest.fixture(autouse=True)
def _people(person: Store) -> None:
    """Ann and Bob share a morning hour on Mondays; Cyd has an evening."""
    person("ann", "monday 09-11")
    person("bob", "monday 10-12")
    person("cyd", "monday 20-21")


def common(*arguments: str, **env: str) -> Any:
    return run("availability_service", "common", *arguments, **env)


def test_common_time_is_shown_in_lines_with_tabs() -> None:
    shown = common(ANN, BOB, *WINDOW, "--timezone", "Asia/Kolkata")

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == ("day\tstart\tend\tminutes\nmonday\t2026-11-23T15:30+05:30\t2026-11-23T16:30+05:30\t60\n")


def test_a_terminal_gets_a_table_with_who_is_missing() -> None:
    shown = run_on_terminal(
        "availability_service", "common", ANN, BOB, "--optional-attendees", CYD, "--min-attendees", "1", *WINDOW
    )

    assert shown.code == 0
    assert "By the clock of UTC:" in shown.out
    rows = [line.split() for line in shown.out.splitlines() if "monday" in line]
    assert [row[1:] for row in rows] == [
        ["2026-11-23", "09:00", "2026-11-23", "10:00", "60", "1", f"{BOB},", CYD],
        ["2026-11-23", "10:00", "2026-11-23", "11:00", "60", "2", CYD],
        ["2026-11-23", "11:00", "2026-11-23", "12:00", "60", "1", f"{ANN},", CYD],
    ]


def test_an_option_takes_one_email_and_leaves_those_that_follow_it() -> None:
    answer = json.loads(common("--optional-attendees", BOB, "--optional-attendees", CYD, ANN, *WINDOW, "--json").out)

    assert (answer["attendees"], answer["optional_attendees"]) == ([ANN], [BOB, CYD])


def test_a_terminal_is_shown_offsets_where_they_change() -> None:
    week = ["--start", "2026-10-19", "--end", "2026-10-31", "--timezone", "Europe/Berlin"]

    shown = run_on_terminal("availability_service", "common", CYD, *week)

    assert "2026-10-26T21:00+01:00" in shown.out


def test_json_is_what_the_api_answers_and_names_can_be_left_out() -> None:
    answer = json.loads(common(ANN, BOB, "--min-attendees", "1", "--no-names", "--json", *WINDOW).out)

    assert [(one["start"], one["available_count"]) for one in answer["common"]] == [
        ("2026-11-23T09:00:00+00:00", 1),
        ("2026-11-23T10:00:00+00:00", 2),
        ("2026-11-23T11:00:00+00:00", 1),
    ]
    assert "missing" not in answer["common"][0]


def test_without_common_time_it_says_why_and_who_is_in_the_way() -> None:
    shown = common(ANN, BOB, CYD, *WINDOW)

    assert shown.code == 0
    assert shown.out.splitlines() == [
        "Nothing found: everybody has free time, but not at the same time.",
        f"In the way: {CYD} (not free by their week)",
    ]


def test_each_bad_option_and_unknown_attendee_is_told() -> None:
    bad = common("ann", "--start", "2026-02-30", "--min-attendees", "0")
    assert (bad.code, bad.out) == (1, "")
    assert bad.err.splitlines() == [
        "CommandError: attendees[0]: Enter a valid email address.",
        "min_attendees: Ensure this value is greater than or equal to 1.",
        "start: '2026-02-30' is not a day or a time that exists.",
    ]
    unknown = common(ANN, "x@example.org", "y@example.org")
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err.startswith("CommandError: ")
    assert unknown.err.endswith("\nunknown_attendees: x@example.org, y@example.org\n")


def test_user_service_down_is_told_in_a_line() -> None:
    port = free_port()

    shown = common(ANN, USER_SERVICE_URL="", USER_SERVICE_PORT=str(port))

    assert (shown.code, shown.out) == (1, "")
    assert shown.err == (
        "CommandError: user-service cannot be reached.\n"
        f"user-service was looked for at {HOST}:{port}. "
        "Set USER_SERVICE_URL, or USER_SERVICE_PORT as for make run, if it is elsewhere.\n"
    )
