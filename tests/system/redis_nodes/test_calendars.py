"""Calendars are read while a master fails."""

from functools import partial

import pytest
import requests

from tests.support import people
from tests.support.problems import assert_problem
from tests.support.redis_nodes.cluster import Cluster
from tests.support.redis_nodes.nodes import Nodes
from tests.support.servers import Service, eventually
from tests.system.redis_nodes.conftest import KEY, key_of
from tests.system.test_calendars import FILE, Reader

pytestmark = pytest.mark.nodes

COUNT = 30
# While a node is frozen, a reader waits for it each time that it looks for what is due.
FEW = 4
TIMEOUT_SECONDS = 10


def upload(session: requests.Session, path: str) -> bool:
    """Whether a calendar was accepted."""
    headers = {"Content-Type": "text/calendar"}
    return session.put(path, data=FILE, headers=headers, timeout=TIMEOUT_SECONDS).status_code == 202


def is_read(session: requests.Session, path: str) -> bool:
    """Whether a calendar was read."""
    return bool(session.get(path, timeout=TIMEOUT_SECONDS).json().get("state") == "ok")


def test_each_calendar_is_read_that_was_accepted_while_a_master_died(nodes: Nodes, users: Service, engine: str) -> None:
    nodes.wait_until_healthy()
    master = nodes.master_of(KEY)
    names = [f"{engine}{number:02}" for number in range(COUNT)]
    paths = [f"{users.url}/users/{people.store(users.url, name)}/calendars/work" for name in names]
    env = nodes.env | {"REDIS_REPLICAS": "1"}
    with Reader(env.pop("REDIS_URL"), **env), requests.Session() as session:
        assert all(upload(session, path) for path in paths[: COUNT // 2])
        with nodes.killed(master):
            for path in paths[COUNT // 2 :]:
                eventually(partial(upload, session, path), "a calendar that is accepted")
        for path in paths:
            eventually(partial(is_read, session, path), "a calendar that is read")
        told = [session.get(path, timeout=TIMEOUT_SECONDS).json() for path in paths]

    assert {calendar["unread_events"] for calendar in told} == {0}


def test_who_starts_while_a_master_and_its_replica_are_frozen_serves_the_users_of_other_nodes(cluster: Cluster) -> None:
    cluster.wait_until_healthy()
    master = cluster.master_of(KEY)
    (replica,) = cluster.replicas_of(master)
    names = [f"late{number:02}" for number in range(COUNT)]
    elsewhere = [name for name in names if cluster.master_of(key_of(people.email(name))) is not master]
    there = next(name for name in names if name not in elsewhere)
    with (
        cluster.frozen(master),
        cluster.frozen(replica),
        Service("user-service", None, **cluster.env, WEB_CONCURRENCY="1") as users,
        Reader(cluster.url),
        requests.Session() as session,
    ):
        # Each process has to find out which nodes answer.
        nobody = f"{users.url}/users/{people.email(elsewhere[0])}"
        eventually(lambda: session.get(nobody, timeout=TIMEOUT_SECONDS).status_code == 404, "an answer")
        paths = [f"{users.url}/users/{people.store(users.url, name)}/calendars/work" for name in elsewhere[:FEW]]
        assert all(upload(session, path) for path in paths)
        for path in paths:
            eventually(partial(is_read, session, path), "a calendar that is read")
        assert_problem(session.get(f"{users.url}/users/{people.email(there)}", timeout=TIMEOUT_SECONDS), 503)
    cluster.wait_until_healthy()
