"""Calendars are read while a master fails."""

from functools import partial

import pytest
import requests

from tests.support import people
from tests.support.redis_nodes.nodes import Nodes
from tests.support.servers import Service, eventually
from tests.system.test_calendars import FILE, Reader

pytestmark = pytest.mark.nodes

KEY = "{07}"
COUNT = 30
TIMEOUT_SECONDS = 10


def upload(session: requests.Session, path: str) -> bool:
    """Whether a calendar was accepted."""
    headers = {"Content-Type": "text/calendar"}
    return session.put(path, data=FILE, headers=headers, timeout=TIMEOUT_SECONDS).status_code == 202


def test_each_calendar_is_read_that_was_accepted_while_a_master_died(nodes: Nodes, users: Service, engine: str) -> None:
    nodes.wait_until_healthy()
    master = nodes.master_of(KEY)
    names = [f"{engine}{number:02}" for number in range(COUNT)]
    paths = [f"{users.url}/users/{people.store(users.url, name)}/calendars/work" for name in names]
    env = nodes.env | {"REDIS_REPLICAS": "1"}
    with Reader(env.pop("REDIS_URL"), **env), requests.Session() as session:

        def is_read(path: str) -> bool:
            return bool(session.get(path, timeout=TIMEOUT_SECONDS).json().get("state") == "ok")

        assert all(upload(session, path) for path in paths[: COUNT // 2])
        with nodes.killed(master):
            for path in paths[COUNT // 2 :]:
                eventually(partial(upload, session, path), "a calendar that is accepted")
        for path in paths:
            eventually(partial(is_read, path), "a calendar that is read")
        told = [session.get(path, timeout=TIMEOUT_SECONDS).json() for path in paths]

    assert {calendar["unread_events"] for calendar in told} == {0}
