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


def store(system: System, first: int, last: int) -> None:
    """Stores the users of these numbers, as an operator would."""
    weeks = [grid(number) for number in range(DIFFERENT_WEEKS)]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for number in range(first, last):
            user = {
                "email": email(number),
                "name": f"User {number}",
                "timezone": ZONES[number % len(ZONES)],
                "availability": {"grid": weeks[number % DIFFERENT_WEEKS]},
            }
            file.write(json.dumps(user) + "\n")
        file.flush()
        command = [sys.executable, "user_service/manage.py", "import_users", file.name]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"REDIS_URL": system.redis_url}, check=True)
