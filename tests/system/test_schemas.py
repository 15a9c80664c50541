"""What the services answer is what their OpenAPI documents say, for whatever Schemathesis thinks of."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet

from compose.run import SERVICES
from tests.support.servers import System

pytestmark = pytest.mark.fuzz

CONFIG = Path(__file__).with_name("schemathesis.toml")
# How many requests for each operation, beside those that try each limit; unless set, the same ones each time.
EXAMPLES = os.environ.get("FUZZ_EXAMPLES")
TOKENS = "/tokens"
SECONDS = 3600 if EXAMPLES else 300


@pytest.fixture(scope="module")
def open_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system that takes calendars which are read elsewhere."""
    key = Fernet.generate_key().decode()
    with System(DATA_DIR=str(tmp_path_factory.mktemp("data")), CALENDAR_KEYS=key) as running:
        yield running


@pytest.fixture(autouse=True)
def _people(open_system: System) -> None:
    """The people whom the configuration names."""
    for email in ("ann@example.org", "raj@example.org"):
        free = {"intervals": [{"day": "monday", "start": "09:00", "end": "12:00"}]}
        body = {"email": email, "name": "Someone", "availability": free}
        assert requests.post(f"{open_system.users}/users", json=body, timeout=5).status_code in {201, 409}


@pytest.mark.parametrize("service", SERVICES)
def test_answers_are_as_documented(service: str, open_system: System, tmp_path: Path) -> None:
    url = open_system.urls[service]
    command = ["schemathesis.cli", "--config-file", str(CONFIG), "run", f"{url}/schema", "--no-color"]
    # While everybody may do everything, nobody has tokens.
    command += ["--exclude-path-regex", f"^{TOKENS}"]
    command += ["--max-examples", EXAMPLES] if EXAMPLES else ["--generation-deterministic"]
    report = ["--report", "har", "--report-har-path", str(tmp_path / "har.json")]

    tried = subprocess.run(
        [sys.executable, "-m", *command, *report], capture_output=True, text=True, timeout=SECONDS, check=False
    )

    assert tried.returncode == 0, tried.stdout + tried.stderr
    answered = json.loads((tmp_path / "har.json").read_text())["log"]["entries"]
    document = requests.get(f"{url}/schema", {"format": "json"}, timeout=5).json()
    tried_all = [(method, path) for method, path in operations(document) if not path.startswith(TOKENS)]
    assert not [operation for operation in tried_all if not succeeded(operation, answered)]


def operations(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Method and path of all that is documented."""
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


def succeeded(operation: tuple[str, str], answered: list[dict[str, Any]]) -> bool:
    """Whether it was answered with success at least once, so that more was seen than refusals."""
    method, path = operation
    pattern = re.compile(r"http://[^/]+" + re.sub(r"\\{\w+\\}", "[^/?]+", re.escape(path)) + r"(\?.*)?")
    return any(
        entry["request"]["method"] == method and pattern.fullmatch(entry["request"]["url"])
        for entry in answered
        if entry["response"]["status"] < 300
    )
