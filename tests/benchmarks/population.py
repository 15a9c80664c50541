"""Users to measure with: the same ones in each run, in several time zones, free on about half of the hours."""

import json
import os
import random
import subprocess
import sys
import tempfile

from tests.support.servers import ROOT, System

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
WORKING_HOURS = (10, 11, 14, 15)
DIFFERENT_WEEKS = 1000


def email(number: int) -> str:
    """The email of a user."""
    return f"user{number:07d}@example.com"


def grid(number: int) -> list[list[int]]:
    """A week: free at working hours, and at others by chance."""
    chance = random.Random(number)
    return [
        [int((day < 5 and hour in WORKING_HOURS) or chance.random() < 0.5) for hour in range(24)] for day in range(7)
    ]


def timezone(number: int) -> str:
    """The time zone of a user."""
    return ZONES[number % len(ZONES)]


def store(system: System, first: int, last: int) -> None:
    """Stores the users of these numbers, as an operator would."""
    weeks = [grid(number) for number in range(DIFFERENT_WEEKS)]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for number in range(first, last):
            user = {
                "email": email(number),
                "name": f"User {number}",
                "timezone": timezone(number),
                "availability": {"grid": weeks[number % DIFFERENT_WEEKS]},
            }
            file.write(json.dumps(user) + "\n")
        file.flush()
        _run(system, "user_service/manage.py", "import_users", file.name)


def store_meetings(system: System, count: int) -> None:
    """Stores meetings of the first users."""
    _run(system, "-m", "tests.benchmarks.meetings", str(count))


def _run(system: System, *arguments: str) -> None:
    env = os.environ | {"REDIS_URL": system.redis_url, "DJANGO_SETTINGS_MODULE": "user_service.settings"}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, check=True)
