"""manage.py import_users."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django_redis
import pytest
from rest_framework.test import APIClient

from tests.support.commands import Result, call, command, run, run_on_terminal
from tests.support.servers import HOST, PATIENCE_SECONDS, ROOT, eventually, free_port
from tests.support.stored import stored_emails

BOB = {"email": "bob@example.org", "name": "Bob"}
MORNING = {"intervals": [{"day": "monday", "start": "09:00", "end": "12:00"}]}
DIGITS = "0" * 9 + "111" + "0" * 156
HEX = f"{int(DIGITS, 2):042x}"


Imported = Callable[..., Result]


def text(*lines: object) -> str:
    return "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)


@pytest.fixture
def imported(tmp_path: Path) -> Imported:
    """Imports lines from a file, perhaps with options."""

    def imported(*lines: object, options: tuple[str, ...] = ()) -> Result:
        file = tmp_path / "users"
        file.write_bytes(lines[0] if isinstance(lines[0], bytes) else text(*lines).encode())
        return call("import_users", str(file), *options)

    return imported


def intervals(client: APIClient, email: str) -> Any:
    return client.get(f"/users/{email}/availability").json()["intervals"]


def test_users_are_imported_from_a_file_of_json_lines(client: APIClient, tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(
        "\ufeff" + text(BOB | {"email": " Bob@Example.org ", "timezone": "Asia/Tokyo", "availability": MORNING}, "", {
            "email": "cyd@example.org", "name": "Cyd", "week": HEX, "created_at": "2026-01-02T03:04:05.000006Z",
        })
    )  # fmt: skip

    done = run("user_service", "import_users", str(file))

    assert done == (0, "created 2, updated 0, unchanged 0, bad 0\n", "")
    assert client.get("/users/bob@example.org").json()["timezone"] == "Asia/Tokyo"
    assert intervals(client, "bob@example.org") == intervals(client, "cyd@example.org") == MORNING["intervals"]
    cyd = client.get("/users/cyd@example.org").json()
    assert cyd["created_at"] == cyd["updated_at"] == "2026-01-02T03:04:05.000006Z"


def test_users_are_imported_from_csv(imported: Imported, client: APIClient) -> None:
    done = imported(
        "name,email,intervals,timezone,week",
        '"Baker, ""Bob""",bob@example.org, monday 09:00-10:00; Monday 10:00 - 12:00 ,Asia/Tokyo,',
        f"Cyd,cyd@example.org,,,{DIGITS}",
        f"Dee,dee@example.org,,,{HEX.upper()}",
        "Eva,eva@example.org,,,",
    )

    assert done == (0, "created 4, updated 0, unchanged 0, bad 0\n", "")
    assert client.get("/users/bob@example.org").json()["name"] == 'Baker, "Bob"'
    assert client.get("/users/bob@example.org").json()["timezone"] == "Asia/Tokyo"
    for name in ("bob", "cyd", "dee"):
        assert intervals(client, f"{name}@example.org") == MORNING["intervals"]
    assert intervals(client, "eva@example.org") == []


def test_bad_lines_of_json_are_told_and_the_good_ones_imported(imported: Imported, client: APIClient) -> None:
    done = imported(
        {"email": "nobody", "name": ""},
        "{",
        BOB,
        ["bob@example.org"],
        BOB | {"nmae": "Bob"},
        BOB | {"week": "f" * 41},
        BOB | {"week": HEX, "availability": MORNING},
        BOB | {"created_at": "2026-01-02"},
        BOB | {"name": "B" * 2**21},
    )

    assert (done.code, done.out) == (1, "created 1, updated 0, unchanged 0, bad 8\n")
    told = done.err.splitlines()
    assert told[0] == "line 1: email: Enter a valid email address.; name: This field may not be blank."
    assert told[1].startswith("line 2: This is not JSON: ")
    assert [line.partition(":")[0] for line in told] == [
        "line 1", "line 2", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9", "CommandError",
    ]  # fmt: skip
    assert told[3].startswith("line 5: nmae: Unknown name.")
    assert told[4].startswith("line 6: week: A week is 168 digits")
    assert told[6].startswith("line 8: created_at: Write an RFC 3339 time")
    assert told[7] == "line 9: A body may hold at most 2097152 bytes."
    assert client.get("/users/bob@example.org").status_code == 200


def test_bad_lines_of_csv_are_told_and_the_good_ones_imported(imported: Imported) -> None:
    done = imported(
        "email,name,intervals",
        "bob@example.org,Bob,monday 9-12",
        "bob@example.org,Bob,someday",
        "bob@example.org,Bob,sunday 22:00-02:00",
        "bob@example.org",
        "cyd@example.org,Cyd,sunday 22:00-24:00",
        'bob@example.org,"Bob,',
    )

    assert (done.code, done.out) == (1, "created 1, updated 0, unchanged 0, bad 5\n")
    told = done.err.splitlines()
    assert told[0].startswith("line 2: availability.intervals[0].start: Write a quarter of an hour")
    assert told[1] == "line 3: intervals: Write intervals as in: monday 09:00-12:00; tuesday 14:00-18:00"
    assert told[2].startswith("line 4: availability.intervals[0].end: An interval over midnight is two intervals")
    assert told[3] == "line 5: The number of cells, 1, is not that of the columns, 3."
    assert told[4].startswith("line 7: The quotes of this record do not match")
    assert told[5:] == ["CommandError: Bad lines: 5."]


def test_a_record_with_line_breaks_in_a_cell_is_one_and_told_by_the_line_where_it_begins(
    imported: Imported, client: APIClient
) -> None:
    done = imported(
        "email,name",
        "",
        'ann@example.org,"Ann',
        "mallory@example.org,Eve",
        'end"',
        "",
        "nobody,Nobody",
        'bob@example.org," Bob',
        '"',
    )

    assert (done.code, done.out) == (1, "created 1, updated 0, unchanged 0, bad 2\n")
    assert done.err.splitlines()[:2] == [
        "line 3: name: Control characters, also those that change the direction of writing, are not allowed.",
        "line 7: email: Enter a valid email address.",
    ]
    assert [user["email"] for user in client.get("/users").json()["results"]] == ["bob@example.org"]


def test_nothing_after_quotes_that_do_not_match_makes_a_user(imported: Imported, client: APIClient) -> None:
    done = imported("email,name", "bob@example.org,Bob", 'ann@example.org,"Ann" A', 'mallory@example.org,Eve"')

    assert (done.code, done.out) == (1, "created 1, updated 0, unchanged 0, bad 1\n")
    assert done.err.startswith("line 3: The quotes of this record do not match")
    assert client.get("/users/mallory@example.org").status_code == 404


@pytest.mark.parametrize(
    "file",
    [
        "email;name;timezone\r\nbob@example.org;Bob;Asia/Tokyo\r\n",
        "email\tname\ttimezone\nbob@example.org\tBob\tAsia/Tokyo\n",
        "sep=,\nemail,name,timezone\nbob@example.org,Bob,Asia/Tokyo",
        "SEP=|\r\nemail|name|timezone\r\nbob@example.org|Bob|Asia/Tokyo",
        "Email, Name ,TIMEZONE\nbob@example.org,Bob,Asia/Tokyo\n",
        "email,name,timezone,,\nbob@example.org,Bob,Asia/Tokyo,,\n",
        "email,name,timezone\nbob@example.org,Bob,Asia/Tokyo,,\n",
        "email,name,timezone\rbob@example.org,Bob,Asia/Tokyo\r",
        "\ufeff\nemail,name,timezone\n,,\n , ,\nbob@example.org,Bob,Asia/Tokyo\n,,,,\n",
    ],
)
def test_csv_as_spreadsheets_write_it_is_understood(imported: Imported, client: APIClient, file: str) -> None:
    assert imported(file.encode()) == (0, "created 1, updated 0, unchanged 0, bad 0\n", "")
    user = client.get("/users/bob@example.org").json()
    assert (user["name"], user["timezone"]) == ("Bob", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("mail,name", "'mail' is no column. The first line names the columns, with commas, semicolons or tabs"),
        ("email,name,phone", "'phone' is no column."),
        ("email,,name", "'' is no column."),
        ("email|name", "'email|name' is no column."),
        ("email", "The column 'name' is missing."),
        ("email,Name,name", "'name' names two columns."),
        ('"email,name', "The quotes of the first line do not match."),
        ("not json", "'not json' is no column."),
        ("ü" * 9999, f"'{'ü' * 40}' is no column."),
    ],
)
def test_a_first_line_that_is_wrong_is_told_by_its_word(imported: Imported, header: str, words: str) -> None:
    done = imported(header, "bob@example.org,Bob")

    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.startswith(f"CommandError: {words}")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("lines", ["email,name\nbob@example.org,Bob\n", json.dumps(BOB)])
def test_utf_16_is_told_in_our_own_words(imported: Imported, lines: str, codec: str) -> None:
    done = imported(lines.encode(codec))

    assert done == (1, "", "CommandError: The file is in UTF-16. Save it as UTF-8.\n")


@pytest.mark.parametrize(
    "lines",
    [
        ("email,name", "zoe@example.org,Zoë", "bob@example.org,Bob"),
        (json.dumps({"email": "cyd@example.org", "name": "Cyd"}), '{"name": "Zoë"}', json.dumps(BOB)),
    ],
)
def test_a_record_that_is_not_utf_8_is_told_by_its_line(
    imported: Imported, client: APIClient, lines: tuple[str, ...]
) -> None:
    done = imported("\n".join(lines).encode("latin-1"))

    assert done.err == "line 2: This is not UTF-8. Save the file as UTF-8.\nCommandError: Bad lines: 1.\n"
    assert client.get("/users/bob@example.org").status_code == 200


@pytest.mark.parametrize("file", ["", "\n\n", "\ufeff", "email,name\n", "email,name\n,\n"])
def test_an_import_of_nothing_is_told(imported: Imported, file: str) -> None:
    done = imported(file.encode())

    assert (done.code, done.err) == (1, "CommandError: There is no user in the file.\n")


def test_json_tells_bad_lines_and_the_outcome_to_programs(imported: Imported) -> None:
    done = imported(BOB, {"email": "bob@example.org"}, options=("--json",))

    bad, summary = map(json.loads, done.out.splitlines())
    assert bad == {"line": 2, "errors": [{"field": "name", "message": "This field is required.", "code": "required"}]}
    assert summary == {"created": 1, "updated": 0, "unchanged": 0, "bad": 1, "dry_run": False}
    assert done.code == 1


def test_a_second_run_changes_nothing_and_a_line_changes_only_what_it_says(
    imported: Imported, client: APIClient, ann: dict[str, Any]
) -> None:
    same = {"email": "ann@example.org", "name": "Ann", "timezone": "Europe/Berlin"}
    assert imported(same, same).out == "created 0, updated 0, unchanged 2, bad 0\n"
    assert client.get("/users/ann@example.org").json() == ann

    assert imported({"email": "ann@example.org", "name": "Anna"}).out == "created 0, updated 1, unchanged 0, bad 0\n"

    changed = client.get("/users/ann@example.org").json()
    assert changed["updated_at"] > ann["updated_at"]
    assert changed == ann | {"name": "Anna", "updated_at": changed["updated_at"]}
    assert intervals(client, "ann@example.org") == MORNING["intervals"]


def test_the_later_of_two_lines_about_one_user_counts(imported: Imported, client: APIClient) -> None:
    assert imported(BOB, BOB | {"name": "Rob"}).out == "created 1, updated 1, unchanged 0, bad 0\n"
    assert client.get("/users/bob@example.org").json()["name"] == "Rob"


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    imported: Imported, client: APIClient, ann: dict[str, Any]
) -> None:
    done = imported(BOB, ann | {"name": "Anna"}, {"email": "nobody"}, options=("--dry-run",))

    assert (done.code, done.out) == (1, "Would be created 1, updated 1, unchanged 0, bad 1\n")
    assert client.get("/users").json()["results"] == [ann]


def test_a_dry_run_says_of_the_same_email_twice_what_the_real_run_says(imported: Imported) -> None:
    lines = ("email,name", "bob@example.org,Bob", "BOB@example.org,Bob", "bob@example.org,Rob", "cyd@example.org,Cyd")

    dry = imported(*lines, options=("--dry-run",)).out

    assert dry == "Would be created 2, updated 1, unchanged 1, bad 0\n"
    assert f"Would be {imported(*lines).out}" == dry


def test_a_file_that_cannot_be_read_is_told_in_a_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    done = call("import_users", str(missing))

    assert done == (1, "", f"CommandError: {missing} cannot be read: No such file or directory.\n")


def test_redis_down_is_told_in_a_line() -> None:
    url = f"redis://{HOST}:{free_port()}/0"

    done = run("user_service", "import_users", "-", stdin=text(BOB), REDIS_URL=url)

    assert (done.code, done.out) == (1, "created 0, updated 0, unchanged 0, bad 0\n")
    assert done.err.startswith("CommandError: Redis cannot be reached.\n")


@contextmanager
def importing(users: int) -> Iterator["subprocess.Popen[str]"]:
    """The command, while it waits for more than so many users."""
    with subprocess.Popen(
        command("user_service", "import_users", "-"),
        cwd=ROOT,
        env=os.environ | {"REDIS_SECONDS": str(PATIENCE_SECONDS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        process.stdin.write(text(*({"email": f"user{n}@example.org", "name": "User"} for n in range(users))))
        process.stdin.flush()
        yield process


def test_an_interrupt_tells_what_was_stored_until_then() -> None:
    redis = django_redis.get_redis_connection()
    with importing(1001) as process:
        eventually(lambda: len(stored_emails(redis)) == 1000, "the first batch of users")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert (process.returncode, err) == (130, "Interrupted.\n")
    assert out == "created 1000, updated 0, unchanged 0, bad 0\n"


def test_an_interrupt_waits_for_what_is_being_stored() -> None:
    redis = django_redis.get_redis_connection()
    redis.client_pause(PATIENCE_SECONDS * 1000, all=False)
    with importing(1001) as process:
        eventually(lambda: redis.info("clients")["blocked_clients"] == 1, "a batch that is being stored")
        process.send_signal(signal.SIGINT)
        redis.client_unpause()
        out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert (process.returncode, err) == (130, "Interrupted.\n")
    assert out == "created 1000, updated 0, unchanged 0, bad 0\n"
    assert len(stored_emails(redis)) == 1000


def test_a_terminal_is_shown_how_far_it_is(tmp_path: Path) -> None:
    file = tmp_path / "users.jsonl"
    file.write_text(text(BOB))

    shown = run_on_terminal("user_service", "import_users", str(file))

    assert shown.code == 0
    assert "100%" in shown.out
    assert "created 1, updated 0" in shown.out
