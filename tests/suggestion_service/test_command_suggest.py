"""manage.py suggest and check_health, with the services below."""

import json
import re
from typing import Any

import pytest

from tests.support.commands import run, run_on_terminal
from tests.support.people import Store, email
from tests.support.servers import Service

ANN, BOB = map(email, ("ann", "bob"))
WINDOW = ["--start", "2026-11-23", "--end", "2026-11-24"]


@pytest.fixture(autouse=True)
def _people(person: Store, availability: Service) -> None:
    """Ann and Bob share a morning hour on Mondays."""
    person("ann", "monday 09-11")
    person("bob", "monday 10-12")


def suggest(*arguments: str) -> Any:
    return run("suggestion_service", "suggest", *arguments, *WINDOW)


def test_a_suggestion_is_shown_in_lines_with_tabs() -> None:
    shown = suggest(ANN, BOB)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "day\tstart\tend\tfree\tmissing\nmonday\t2026-11-23T10:00+00:00\t2026-11-23T11:00+00:00\t2\t\n"
    )


def test_a_terminal_gets_a_table_in_the_order_of_preference() -> None:
    options = ["--min-attendees", "1", "--prefer", "best", "--limit", "3", "--duration", "30", "--step", "30"]
    shown = run_on_terminal("suggestion_service", "suggest", ANN, BOB, *options, *WINDOW)

    assert shown.code == 0
    assert [line.split()[2] for line in shown.out.splitlines() if "monday" in line] == ["10:00", "10:30", "09:00"]


def test_json_is_what_the_api_answers_and_a_seed_repeats_it() -> None:
    first, second = (suggest(ANN, "--prefer", "random", "--seed", "7", "--step", "5", "--json").out for _ in range(2))

    assert first == second
    answer = json.loads(first)
    assert (answer["seed"], len(answer["suggestions"])) == (7, 1)


def test_a_random_suggestion_says_how_to_get_it_again() -> None:
    shown = suggest(ANN, "--prefer", "random", "--step", "5")

    assert re.fullmatch(r"The same again: --seed \d+\n", shown.err)
    assert suggest(ANN, "--prefer", "random", "--step", "5", *shown.err.split()[-2:]).out == shown.out


def test_the_help_says_which_numbers_an_option_takes() -> None:
    shown = " ".join(suggest("--help").out.split())

    assert "--duration N Minutes. 1 to 1440. Default: 60." in shown
    assert "somebody more becomes free. One of 5, 10, 15, 20, 30, 45, 60. Default: 60." in shown
    assert "--limit N How many suggestions, no two the same. 1 to 50. Default: 1." in shown


def test_what_is_too_short_is_told() -> None:
    shown = suggest(ANN, BOB, "--duration", "61")

    assert (shown.code, shown.out) == (0, "Nothing found: the longest common time, 60 minutes, is too short.\n")


def test_starts_are_aligned_in_the_asked_zone() -> None:
    aligned = ["--align", "60", "--timezone", "Asia/Kathmandu"]

    assert "\t2026-11-23T15:00+05:45\t" in suggest(ANN, *aligned).out
    assert suggest(ANN, *aligned, "--duration", "120").out == (
        "Nothing found: counted from a start on a multiple of 60 minutes, the longest common time, 105 minutes, "
        "is too short.\n"
    )


def test_faults_are_told_also_those_found_by_the_services_below() -> None:
    assert suggest(ANN, "--step", "7") == (1, "", "CommandError: step: One of 5, 10, 15, 20, 30, 45, 60.\n")
    assert suggest(ANN, "--align", "7") == (1, "", "CommandError: align: One of 5, 10, 15, 30, 60.\n")
    assert suggest("x@example.org").err.endswith("\nunknown_attendees: x@example.org\n")


def test_health_is_shown_down_to_redis() -> None:
    checked = run("suggestion_service", "check_health")

    assert (checked.code, checked.err) == (0, "")
    assert [line.split("\t")[:2] for line in checked.out.splitlines()[1:]] == [
        ["suggestion-service", "healthy"],
        ["  availability-service", "healthy"],
        ["    user-service", "healthy"],
        ["      redis", "healthy"],
    ]
