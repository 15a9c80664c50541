"""Readers of calendars share the work, and one that is killed at any moment loses nothing."""

import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import requests

from tests.support.servers import ROOT, Redis, Server, Service, eventually

pytestmark = pytest.mark.long

COUNT, KILLS = 120, 40
LEASE_SECONDS = 2
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTART:20260105T090000Z
DTEND:20260105T100000Z
RRULE:FREQ=WEEKLY
END:VEVENT
END:VCALENDAR
"""


class Reader(Server):
    """A process that reads calendars."""

    def __init__(self, redis_url: str, **env: str) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "user_service.settings", "REDIS_URL": redis_url}
        command = [sys.executable, str(ROOT / "user_service" / "manage.py"), "read_calendars"]
        super().__init__(command, settings | {"CALENDAR_LEASE_SECONDS": str(LEASE_SECONDS)} | env)

    def ready(self) -> bool:
        """It listens nowhere: it is ready when it runs."""
        return self.running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path) as running:
        yield running


def test_forty_kills_of_three_readers_lose_nothing_and_store_nothing_twice(store: Redis) -> None:
    emails = [f"p{number}@example.org" for number in range(COUNT)]
    with Service("user-service", REDIS_URL=store.url) as users, requests.Session() as session:
        for email in emails:
            assert session.post(f"{users.url}/users", json={"email": email, "name": "P"}, timeout=5).status_code == 201
            path = f"{users.url}/users/{email}/calendars/work"
            headers = {"Content-Type": "text/calendar"}
            assert session.put(path, data=FILE, headers=headers, timeout=5).status_code == 202
        gone = f"{users.url}/users/{emails[0]}"
        readers = [Reader(store.url).start() for _ in range(3)]
        chance = random.Random(1)
        try:
            for number in range(KILLS):
                time.sleep(chance.uniform(0.05, 0.5))  # it is killed at any moment, also while it starts
                readers[number % 3].stop(signal.SIGKILL)
                readers[number % 3].close()
                readers[number % 3] = Reader(store.url).start()
                if number == KILLS // 2:
                    assert session.delete(gone, timeout=5).status_code == 204
            left = emails[1:]

            def are_read() -> bool:
                return all(state_of(session, users, email) == "ok" for email in left)

            eventually(are_read, "all calendars", pause_seconds=0.5)
        finally:
            for reader in readers:
                reader.close()

        for email in left:
            told = session.get(f"{users.url}/users/{email}/calendars/work", timeout=5).json()
            assert told["unread_events"] == 0
            assert 56 <= told["busy_count"] <= 59  # once a week, until 400 days ahead
        assert session.get(f"{gone}/calendars", timeout=5).status_code == 404
    with store.client() as client:
        keys = {key.decode() for key in client.scan_iter()}
        assert not {key for key in keys if key.startswith("claims:") or emails[0] in key}
        assert sum(client.zcard(key) for key in keys if key.startswith("due:")) == len(left)


def state_of(session: requests.Session, users: Service, email: str) -> str:
    """The state of somebody's calendar."""
    answer = session.get(f"{users.url}/users/{email}/calendars/work", timeout=5).json()
    return str(answer["state"])


def test_a_reader_that_is_told_to_stop_ends_at_once(store: Redis) -> None:
    with Reader(store.url) as reader, store.client() as client:
        eventually(lambda: asked_of(client) > 0, "the first question of the reader")

        assert reader.stop() == 0


def asked_of(client: redis.Redis) -> int:
    """How often Redis has said which calendar is due first."""
    return int(client.info("commandstats").get("cmdstat_zrange", {}).get("calls", 0))
