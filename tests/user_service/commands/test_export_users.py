"""manage.py export_users."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import django_redis
import pytest
from rest_framework.test import APIClient

from tests.support.commands import call, command, run, run_on_terminal
from tests.support.servers import PATIENCE_SECONDS, ROOT
from tests.support.stored import stored_emails


@pytest.fixture
def many(tmp_path: Path) -> None:
    """More users than a page, and more bytes than a pipe holds."""
    file = tmp_path / "many"
    file.write_text("".join(f'{{"email": "user{number}@example.org", "name": "User"}}\n' for number in range(1500)))
    call("import_users", str(file))


def stored() -> dict[str, Any]:
    """All that Redis holds, but for the ids: whoever is created anew has another."""
    redis = django_redis.get_redis_connection()
    records = {key: json.loads(redis.get(key)) for key in redis.scan_iter("user:*")}
    for record in records.values():
        assert record.pop("id")
    return {"index": stored_emails(redis), "records": records}


def test_a_user_is_a_line_of_json(ann: dict[str, Any]) -> None:
    exported = run("user_service", "export_users")

    assert (exported.code, exported.err) == (0, "")
    week = f"{0b111 << 168 - 12:042x}"
    fields = {"email": "ann@example.org", "name": "Ann", "timezone": "Europe/Berlin", "week": week}
    assert json.loads(exported.out) == fields | {name: ann[name] for name in ("created_at", "updated_at")}


@pytest.mark.usefixtures("ann")
def test_export_and_import_lose_nothing(client: APIClient) -> None:
    strange = {"email": "o'neil+a/b%25@bücher.example", "name": '"Öz, 🗓"\u2028', "timezone": "Asia/Kathmandu"}
    client.post("/users", strange, format="json")
    client.patch("/users/ann@example.org", {"name": "Anna"}, format="json")
    before = stored()
    exported = call("export_users").out
    django_redis.get_redis_connection().flushdb()

    imported = run("user_service", "import_users", "-", stdin=exported)

    assert imported == (0, "created 2, updated 0, unchanged 0, bad 0\n", "")
    assert stored() == before


@pytest.mark.usefixtures("many")
def test_more_users_than_a_page_are_exported_in_order_and_progress_is_shown_on_a_terminal() -> None:
    exported = call("export_users").out.splitlines()

    emails = [json.loads(line)["email"] for line in exported]
    assert len(emails) == 1500
    assert emails == sorted(emails)
    assert "100%" in run_on_terminal("user_service", "export_users").out


@pytest.mark.usefixtures("many")
def test_a_reader_who_has_had_enough_is_no_fault() -> None:
    with subprocess.Popen(
        command("user_service", "export_users"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert os.read(process.stdout.fileno(), 10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE_SECONDS) == 1
