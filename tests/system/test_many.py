"""Ten thousand attendees in one question, through all three services."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.servers import ROOT, Redis, System

COUNT = 10_000
ZONES = ("Europe/Berlin", "Asia/Kathmandu", "America/New_York")
# Noon in Berlin is a quarter to five in Kathmandu and six in the morning in New York.
FREE = {"Europe/Berlin": (12, 14), "Asia/Kathmandu": (16, 20), "America/New_York": (5, 9)}


@pytest.fixture(scope="module")
def crowd(system: System, redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Ten thousand people who are free on Mondays at noon in Berlin, but every second Berliner only until one."""
    file: Path = tmp_path_factory.mktemp("crowd") / "users.jsonl"
    emails = [f"crowd{number:05}@many.example" for number in range(COUNT)]
    file.write_text("\n".join(json.dumps(person(email, number)) for number, email in enumerate(emails)))
    command = [sys.executable, "user_service/manage.py", "import_users", str(file)]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"REDIS_URL": system.redis_url}, check=True, capture_output=True)
    return emails


def person(email: str, number: int) -> dict[str, object]:
    zone = ZONES[number % len(ZONES)]
    start, end = FREE[zone]
    interval = {"day": "monday", "start": f"{start:02}:00", "end": f"{end - number % 2:02}:00"}
    return {"email": email, "name": f"P{number}", "timezone": zone, "availability": {"intervals": [interval]}}


def ask(system: System, crowd: list[str], **parameters: object) -> Any:
    question = {"attendees": crowd, "start": "2030-01-07", "timezone": "Europe/Berlin", **parameters}
    answer = requests.post(f"{system.suggestions}/suggestions", json=question, timeout=20)
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()


def test_ten_thousand_people_get_a_meeting(system: System, crowd: list[str]) -> None:
    answer = ask(system, crowd)

    assert answer["attendees"] == crowd
    assert answer["suggestions"] == [
        {
            "start": "2030-01-07T12:00:00+01:00",
            "end": "2030-01-07T13:00:00+01:00",
            "day": "monday",
            "available_count": COUNT,
        }
    ]


def test_where_half_of_them_suffice_those_who_can_stay_are_counted(system: System, crowd: list[str]) -> None:
    answer = ask(system, crowd, min_attendees=COUNT // 2, duration=90, prefer="best", limit=1)

    (best,) = answer["suggestions"]
    assert best["start"] == "2030-01-07T12:00:00+01:00"
    assert best["available_count"] == COUNT - len(crowd[3::6])


def test_the_order_in_which_people_are_named_does_not_matter(system: System, crowd: list[str]) -> None:
    question = {"min_attendees": COUNT // 2, "prefer": "best", "limit": 50, "step": 15}

    assert ask(system, crowd, **question) == ask(system, crowd[::-1], **question)


def test_one_more_is_refused_before_anything_is_fetched(system: System, redis: Redis, crowd: list[str]) -> None:
    with redis.client() as connection:
        before = connection.info("commandstats").get("cmdstat_mget", {})

        question = {"attendees": [*crowd, "one-more@many.example"]}
        answer = requests.post(f"{system.suggestions}/suggestions", json=question, timeout=20)

        assert answer.status_code == 400
        assert connection.info("commandstats").get("cmdstat_mget", {}) == before


def test_all_of_them_cost_one_round_trip_to_redis(system: System, redis: Redis, crowd: list[str]) -> None:
    with redis.client() as connection:
        before = connection.info("commandstats")["cmdstat_mget"]["calls"]
        ask(system, crowd)

        assert connection.info("commandstats")["cmdstat_mget"]["calls"] == before + 1
