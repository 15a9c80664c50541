"""Stores meetings of the first users, as a program would push them: `python -m tests.benchmarks.meetings COUNT`.

A process of its own, with the settings of user-service: as many calls of the API would take minutes.
"""

import random
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import django

from common.domain.window import EPOCH, MINUTE
from tests.benchmarks.population import email, timezone

FIRST = date(2030, 1, 7)
MEETINGS, DAYS = 20, 62


def meetings(number: int, count: int = MEETINGS) -> Iterator[tuple[int, int]]:
    """Busy minutes of a user: on working days, from a full or a half hour on, for up to an hour and a half."""
    chance = random.Random(number)
    days = [day for day in (FIRST + timedelta(ahead) for ahead in range(DAYS)) if day.weekday() < 5]
    for day in chance.choices(days, k=count):
        begin = time(chance.randint(9, 16), chance.choice([0, 30]), tzinfo=ZoneInfo(timezone(number)))
        start = (datetime.combine(day, begin) - EPOCH) // MINUTE
        yield start, start + chance.choice([30, 60, 90])


def main() -> None:
    """Pushes them."""
    from user_service.busy_time import BUSY, merge  # noqa: PLC0415  needs Django
    from user_service.calendars.services import put_busy  # noqa: PLC0415  needs Django

    for number in range(int(sys.argv[1])):
        put_busy(email(number), "work", merge(meetings(number)), BUSY)


if __name__ == "__main__":
    django.setup()
    main()
