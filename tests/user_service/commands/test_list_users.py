"""manage.py list_users."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.commands import call, run, run_on_terminal
from tests.support.servers import HOST, free_port


@pytest.fixture
def bob(client: APIClient) -> None:
    client.post("/users", {"email": "bob@example.org", "name": "[red]Bob"}, format="json")


@pytest.mark.usefixtures("ann", "bob")
def test_users_are_listed_in_lines_with_tabs() -> None:
    listed = run("user_service", "list_users")

    assert listed.out.splitlines() == [
        "email\tname\ttimezone",
        "ann@example.org\tAnn\tEurope/Berlin",
        "bob@example.org\t[red]Bob\tUTC",
    ]
    assert (listed.code, listed.err) == (0, "")


@pytest.mark.usefixtures("ann", "bob")
def test_a_terminal_gets_a_table_and_the_way_to_the_next_page() -> None:
    first = run_on_terminal("user_service", "list_users", "--limit", "1")

    assert first.code == 0
    assert "\x1b[1m" in first.out
    assert "───" in first.out
    assert "ann@example.org" in first.out
    assert "bob@example.org" not in first.out
    cursor = first.out.rpartition("--cursor ")[2].strip()
    second = run_on_terminal("user_service", "list_users", "--cursor", cursor)
    assert "[red]Bob" in second.out
    assert "--cursor" not in second.out


@pytest.mark.usefixtures("bob")
def test_json_is_what_the_api_answers(client: APIClient, ann: dict[str, Any]) -> None:
    page = json.loads(call("list_users", "--json", "--limit", "1").out)

    assert page["results"] == [ann]
    following = client.get("/users", {"cursor": page["next"]}).json()
    assert [user["email"] for user in following["results"]] == ["bob@example.org"]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--limit", "1001"], "limit: Ensure this value is less than or equal to 1000."),
        (["--limit", "many"], "limit: A valid integer is required."),
        (["--cursor", "?"], "cursor: Use the cursor of a page's `next`, unchanged."),
    ],
)
def test_a_bad_option_is_told_in_a_line(options: list[str], fault: str) -> None:
    assert call("list_users", *options) == (1, "", f"CommandError: {fault}\n")


@pytest.mark.parametrize("variable", ["REDIS_URL", "REDIS_PORT"])
def test_redis_down_is_told_with_where_it_was_looked_for_and_how_to_change_that(variable: str) -> None:
    port = free_port()
    env = {"REDIS_URL": "", "REDIS_PORT": str(port)} | (
        {"REDIS_URL": f"redis://:secret@{HOST}:{port}/0"} if variable == "REDIS_URL" else {}
    )

    listed = run("user_service", "list_users", **env)

    assert (listed.code, listed.out) == (1, "")
    assert listed.err == (
        "CommandError: Redis cannot be reached.\n"
        f"redis was looked for at {HOST}:{port}. Set REDIS_URL, or REDIS_PORT as for make run, if it is elsewhere.\n"
    )


def test_a_bad_setting_is_told_in_a_line() -> None:
    listed = run("user_service", "list_users", REDIS_URL="http://example.org")

    assert (listed.code, listed.out, listed.err.count("\n")) == (1, "", 1)
    assert listed.err.startswith("REDIS_URL is no address of a Redis: ")
