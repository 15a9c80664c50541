"""What is known reaches as far ahead each day, also of a feed that says for weeks that nothing has changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.test import override_settings
from rest_framework.test import APIClient

from tests.support.commands import call
from tests.support.neighbour import Neighbour, answers, in_turn

pytestmark = pytest.mark.long

DAYS = 40
BACK, AHEAD = timedelta(days=1), timedelta(days=400)
# A Monday; until 400 days later clocks are changed three times.
FIRST = datetime(2026, 9, 7, 12, 30, tzinfo=UTC)
WORK = "/users/ann@example.org/calendars/work"
EVENTS = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:each week
DTSTART;TZID=Europe/Berlin:20260831T090000
DURATION:PT1H
RRULE:FREQ=WEEKLY
END:VEVENT
BEGIN:VEVENT
UID:each day of the first weeks
DTSTART:20260901T180000Z
DURATION:PT1H
RRULE:FREQ=DAILY;UNTIL=20260925T180000Z
END:VEVENT
BEGIN:VEVENT
UID:once, beyond what is known at first
DTSTART:20271105T180000Z
DURATION:PT1H
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def _settings() -> Iterator[None]:
    with override_settings(
        CALENDAR_KEYS=[Fernet.generate_key().decode()], CALENDAR_PRIVATE_NETWORKS=[ip_network("127.0.0.0/8")]
    ):
        yield


def expected(start: datetime, end: datetime) -> list[str]:
    """When the events begin between two midnights, by hand: Berlin is two hours ahead of UTC in summer, else one."""
    days = [start + timedelta(ahead) for ahead in range((end - start).days)]
    summers = [("2026-09-01", "2026-10-25"), ("2027-03-28", "2027-10-31")]
    begins = []
    for day in days:
        text = f"{day:%Y-%m-%d}"
        if day.weekday() == 0:
            is_summer = any(first <= text < last for first, last in summers)
            begins.append(f"{text}T0{7 if is_summer else 8}:00:00Z")
        if "2026-09-01" <= text <= "2026-09-25" or text == "2027-11-05":
            begins.append(f"{text}T18:00:00Z")
    return begins


@pytest.mark.usefixtures("_settings", "ann")
def test_the_horizon_moves_each_day_of_forty_without_a_change(client: APIClient) -> None:
    first = answers(EVENTS.replace("\n", "\r\n").encode(), "200 OK", "text/calendar", 'ETag: "1"')
    unchanged = answers(b"", "304 Not Modified")
    with Neighbour() as neighbour, time_machine.travel(FIRST, tick=False) as clock:
        neighbour.behave = in_turn(first, *[unchanged] * DAYS)
        body = {"kind": "feed", "url": neighbour.url}
        assert client.put(WORK, body, format="json").status_code == 202
        known = []
        for day in range(DAYS + 1):
            clock.move_to(FIRST + timedelta(day))

            assert call("read_calendars", "--once").code == 0

            told = client.get(WORK).json()
            start = (FIRST + timedelta(day) - BACK).replace(hour=0, minute=0)
            end = start + BACK + AHEAD + timedelta(1)
            assert told["state"] == "ok"
            assert told["covers"] == {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
            busy = client.get("/users/ann@example.org/busy", told["covers"]).json()["busy"]
            assert [interval["start"] for interval in busy] == expected(start, end)
            assert told["busy_count"] == len(busy)
            known.append({interval["start"] for interval in busy})
        requests = neighbour.received

    assert [received.headers.get("If-None-Match") for received in requests] == [None, *['"1"'] * DAYS]
    assert known[0] - known[-1] >= {"2026-09-07T07:00:00Z", "2026-09-25T18:00:00Z"}
    assert known[-1] - known[0] >= {"2027-10-18T07:00:00Z"}
