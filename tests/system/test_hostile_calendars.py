"""While strangers' calendars take all the time that they may, everybody else is answered as always."""

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.support import people
from tests.support.servers import System, eventually

pytestmark = pytest.mark.long

HEALTH_SECONDS, QUESTION_SECONDS = 3, 1  # contract, section 7; what else is asked is answered sooner
LOAD_SECONDS = 20
MAX_BYTES = 2 << 20
START = "DTSTART:20200101T080000Z"
ZONE = """BEGIN:VTIMEZONE
TZID:Custom
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
RRULE:FREQ=SECONDLY
END:STANDARD
END:VTIMEZONE
"""


def calendar(count: int, *lines: str, zone: str = "") -> bytes:
    """A file with so many events of these lines."""
    events = (f"BEGIN:VEVENT\nUID:{number}\n{chr(10).join(lines)}\nEND:VEVENT\n" for number in range(count))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{zone}{''.join(events)}END:VCALENDAR\n".encode()


HOSTILE = {
    "impossible": calendar(200, START, "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"),
    "daily": calendar(1000, START, "DURATION:PT1H", "RRULE:FREQ=DAILY"),
    "minutely": calendar(5000, START, "RRULE:FREQ=MINUTELY"),
    "secondly": calendar(5000, START, "RRULE:FREQ=SECONDLY"),
    "many": calendar(10_000, f"DTSTART:{datetime.now(UTC) + timedelta(7):%Y%m%dT%H%M%SZ}", "DURATION:PT1H"),
    "zone": calendar(5000, "DTSTART;TZID=Custom:20270101T080000", "RRULE:FREQ=YEARLY", zone=ZONE),
    "parameters": (b"BEGIN:VCALENDAR\nDTSTART" + b";A=b" * MAX_BYTES)[:MAX_BYTES],
    "lines": (b"BEGIN:VCALENDAR\n" + b"\n" * MAX_BYTES)[:MAX_BYTES],
}


@contextmanager
def uploads(url: str, emails: list[str]) -> Iterator[list[str]]:
    """Hostile files, each for somebody of their own, and again once it is read, until leaving the context.

    The states that they had last are in the list.
    """
    over = threading.Event()
    states: list[str] = []

    def upload(email: str, content: bytes) -> None:
        path = f"{url}/users/{email}/calendars/hostile"
        with requests.Session() as session:
            while not over.is_set():
                answer = session.put(path, content, headers={"Content-Type": "text/calendar"}, timeout=30)
                assert answer.status_code == 202, answer.text
                while (state := session.get(path, timeout=30).json()["state"]) == "waiting" and not over.wait(0.2):
                    pass
                states.append(state)

    with ThreadPoolExecutor(len(emails)) as pool:
        running = [pool.submit(upload, *each) for each in zip(emails, HOSTILE.values(), strict=True)]
        try:
            yield states
        finally:
            over.set()
        for each in running:
            each.result()


def test_health_and_questions_are_answered_in_time_while_hostile_calendars_are_read(system: System) -> None:
    asked = [people.store(system.users, f"asked{number}", *people.ALWAYS) for number in range(10)]
    hostile = [people.store(system.users, name) for name in HOSTILE]
    query = "&".join(f"attendees={email}" for email in asked)
    week = {"intervals": [{"day": "monday", "start": "09:00", "end": "12:00"}]}

    def ask(method: str, url: str, body: object = None) -> Callable[[], requests.Response]:
        return lambda: session.request(method, url, json=body, timeout=30)

    with requests.Session() as session:
        healths = [ask("GET", f"{url}/health") for url in system.urls.values()]
        questions = [
            ask("GET", f"{system.users}/users/{asked[0]}"),
            ask("PUT", f"{system.users}/users/{asked[1]}/availability", week),
            ask("GET", f"{system.availability}/availability/common?{query}"),
            ask("GET", f"{system.suggestions}/suggestions?{query}"),
        ]
        took: dict[Callable[[], requests.Response], list[float]] = {one: [] for one in healths + questions}

        with uploads(system.users, hostile) as states:
            until = time.monotonic() + LOAD_SECONDS
            for one in itertools.cycle(took):
                began = time.monotonic()
                answer = one()
                took[one].append(time.monotonic() - began)
                assert answer.status_code == 200, answer.text
                if began > until:
                    break
            eventually(lambda: "refused" in states, "a calendar that is refused")
        for email in hostile:
            assert session.delete(f"{system.users}/users/{email}", timeout=30).status_code == 204

    for limit, kinds in ((HEALTH_SECONDS, healths), (QUESTION_SECONDS, questions)):
        for one in kinds:
            assert statistics.median(took[one]) < limit
            assert statistics.quantiles(took[one], n=20)[-1] < limit
