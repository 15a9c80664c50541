"""Busy time that programs push, in what `export_users` writes and `import_users` reads."""

import json
from pathlib import Path
from typing import Any

import django_redis
import pytest
from rest_framework.test import APIClient

from tests.support.commands import Result, call
from tests.support.domain import minute

ANN = "ann@example.org"
NINE, TEN = minute("2030-01-07T09:00Z"), minute("2030-01-07T10:00Z")
MEETING = {"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T10:00:00Z"}
LINE = {"email": ANN, "name": "Ann"}
WORK = {"intervals": [[NINE, TEN]]}
FILE = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def push(client: APIClient, name: str, *intervals: dict[str, str], **more: str) -> None:
    body = {"kind": "busy", "intervals": list(intervals), **more}
    assert client.put(f"/users/{ANN}/calendars/{name}", body, format="json").status_code in {200, 201}


def upload(client: APIClient, name: str) -> None:
    answer = client.generic("PUT", f"/users/{ANN}/calendars/{name}", FILE, content_type="text/calendar")
    assert answer.status_code == 202


def load(folder: Path, *lines: Any, options: tuple[str, ...] = ()) -> Result:
    file = folder / "users"
    file.write_text("".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines))
    return call("import_users", str(file), *options)


def calendars_of(client: APIClient) -> list[tuple[Any, ...]]:
    """Name, kind, tentative and number of intervals of Ann's calendars."""
    stored = client.get(f"/users/{ANN}/calendars").json()["calendars"]
    return [tuple(each[name] for name in ("name", "kind", "tentative", "busy_count")) for each in stored]


def busy(client: APIClient) -> Any:
    return client.get(f"/users/{ANN}/busy", {"start": "2030-01-01T00:00:00Z", "end": "2030-02-01T00:00:00Z"}).json()[
        "busy"
    ]


@pytest.mark.usefixtures("ann")
def test_busy_time_that_was_pushed_is_exported_and_no_other_calendar(client: APIClient) -> None:
    push(client, "work", MEETING)
    push(client, "maybe", tentative="free")
    upload(client, "file")

    (line,) = call("export_users").out.splitlines()

    assert json.loads(line)["calendars"] == {"maybe": {"intervals": [], "tentative": "free"}, "work": WORK}
    assert "file" not in line


@pytest.mark.usefixtures("ann")
def test_export_and_import_lose_no_busy_time(client: APIClient, tmp_path: Path) -> None:
    push(client, "work", MEETING)
    push(client, "maybe", {"start": "2030-01-08T09:00:00Z", "end": "2030-01-08T09:20:00Z"}, tentative="free")
    client.put(f"/users/{ANN}/overrides/2030-01-09", {"intervals": []}, format="json")
    before, free = calendars_of(client), busy(client)
    exported = call("export_users").out
    django_redis.get_redis_connection().flushdb()

    assert load(tmp_path, json.loads(exported)).out == "created 1, updated 0, unchanged 0, bad 0\n"

    assert (calendars_of(client), busy(client)) == (before, free)
    assert call("export_users").out == exported
    assert load(tmp_path, json.loads(exported)).out == "created 0, updated 0, unchanged 1, bad 0\n"


@pytest.mark.usefixtures("ann")
def test_a_line_replaces_the_calendars_that_it_names_and_keeps_the_others(client: APIClient, tmp_path: Path) -> None:
    push(client, "work", MEETING, {"start": "2030-01-09T09:00:00Z", "end": "2030-01-09T10:00:00Z"})
    push(client, "other", MEETING)
    upload(client, "file")

    done = load(tmp_path, LINE | {"calendars": {"work": {"intervals": [[TEN, TEN + 5], [NINE, TEN]]}}})

    assert done == (0, "created 0, updated 1, unchanged 0, bad 0\n", "")
    assert calendars_of(client) == [
        ("file", "upload", "busy", 0), ("other", "busy", "busy", 1), ("work", "busy", "busy", 1),
    ]  # fmt: skip
    assert busy(client) == [MEETING | {"end": "2030-01-07T10:05:00Z"}]


@pytest.mark.usefixtures("ann")
def test_what_is_the_same_is_unchanged_and_not_written_again(client: APIClient, tmp_path: Path) -> None:
    push(client, "work", MEETING)
    redis = django_redis.get_redis_connection()
    before = {key: redis.dump(key) for key in redis.scan_iter()}

    assert load(tmp_path, LINE | {"calendars": {"work": WORK}}).out == "created 0, updated 0, unchanged 1, bad 0\n"
    assert {key: redis.dump(key) for key in redis.scan_iter()} == before

    tentative = LINE | {"calendars": {"work": WORK | {"tentative": "free"}}}
    assert load(tmp_path, tentative).out == "created 0, updated 1, unchanged 0, bad 0\n"
    assert calendars_of(client) == [("work", "busy", "free", 1)]


def test_a_dry_run_says_the_same_and_does_nothing(client: APIClient, tmp_path: Path) -> None:
    lines = [LINE | {"calendars": {name: calendar}} for name, calendar in [
        ("work", WORK), ("work", WORK), ("home", WORK), ("work", {"intervals": []}), ("home", WORK),
    ]]  # fmt: skip

    dry = load(tmp_path, *lines, options=("--dry-run",))

    assert dry.out == "Would be created 1, updated 2, unchanged 2, bad 0\n"
    assert client.get(f"/users/{ANN}").status_code == 404
    assert f"Would be {load(tmp_path, *lines).out}" == dry.out


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_of_a_line_that_makes_too_many_calendars_nothing_is_stored(
    client: APIClient, tmp_path: Path, options: tuple[str, ...]
) -> None:
    full = {f"c{number}": WORK for number in range(20)}
    load(tmp_path, LINE | {"calendars": full})

    done = load(
        tmp_path,
        {"email": "bob@example.org", "name": "Bob"},
        {"email": ANN, "name": "Anna", "calendars": {"one more": WORK}},
        options=options,
    )

    assert done.out.endswith("created 1, updated 0, unchanged 0, bad 1\n")
    assert done.err == "line 2: calendars: A user has at most 20 calendars.\nCommandError: Bad lines: 1.\n"
    assert client.get(f"/users/{ANN}").json()["name"] == "Ann"
    assert len(calendars_of(client)) == 20
    assert load(tmp_path, LINE | {"calendars": full | {"c7": {"intervals": []}}}).code == 0


@pytest.mark.parametrize(
    ("calendars", "fault"),
    [
        ([], 'calendars: Expected a dictionary of items but got type "list".'),
        ({f"c{number}": WORK for number in range(21)}, "calendars: At most 20 calendars."),
        ({"": WORK}, "calendars.: A name is up to 64 letters"),
        ({"a\nb": WORK}, "A name is up to 64 letters"),
        ({"work": []}, "calendars.work: Invalid data."),
        ({"work": {}}, "calendars.work.intervals: This field is required."),
        ({"work": WORK | {"url": "https://example.org"}}, "calendars.work.url: Unknown name."),
        ({"work": WORK | {"tentative": "maybe"}}, "calendars.work.tentative: One of busy, free."),
        ({"work": {"intervals": {}}}, "calendars.work.intervals: Expected a list of items"),
        ({"work": {"intervals": [[0, 1]] * 5001}}, "calendars.work.intervals: At most 5000 intervals."),
        ({"work": {"intervals": [[NINE, TEN], [TEN, NINE]]}}, "calendars.work.intervals[1]: Two minutes since 1970"),
        *(
            ({"work": {"intervals": [pair]}}, "calendars.work.intervals[0]: Two minutes since 1970")
            for pair in ([NINE, NINE], [-1, NINE], [NINE, 10**9], [NINE], [NINE, TEN, TEN], [True, NINE], ["1", "2"], 7)
        ),
    ],
)
def test_calendars_that_make_no_sense_are_told_by_their_line(calendars: Any, fault: str, tmp_path: Path) -> None:
    done = load(tmp_path, LINE | {"calendars": calendars})

    assert (done.code, done.out) == (1, "created 0, updated 0, unchanged 0, bad 1\n")
    assert done.err.startswith("line 1: ")
    assert fault in done.err


@pytest.mark.long
@pytest.mark.usefixtures("ann")
def test_as_much_as_a_user_may_have_is_exported_and_imported(client: APIClient, tmp_path: Path) -> None:
    meetings = [[NINE + 10 * number, NINE + 10 * number + 5] for number in range(5000)]
    days = {f"{year}-{month:02}-{day:02}": "5" * 24 for year in (2030, 2031, 2032) for month in range(1, 13)
            for day in range(1, 28)}  # fmt: skip
    everything = {"calendars": {f"calendar {number}": {"intervals": meetings} for number in range(20)}}
    assert load(tmp_path, LINE | everything | {"overrides": days, "week": "01" * 336}).code == 0

    exported = call("export_users").out

    assert len(exported) < 2**21
    assert json.loads(exported)["calendars"] == everything["calendars"]
    assert load(tmp_path, json.loads(exported)).out == "created 0, updated 0, unchanged 1, bad 0\n"


def test_a_csv_file_has_no_column_for_them(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("email,name,calendars\n")

    assert call("import_users", str(file)).err.startswith("CommandError: 'calendars' is no column.")
