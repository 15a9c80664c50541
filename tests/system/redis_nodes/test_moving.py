"""manage.py migrate_store from one Redis of several nodes to another of the same kind."""

import json
from collections.abc import Callable

import pytest
import requests

from tests.support import people
from tests.support.commands import run
from tests.support.redis_nodes.cluster import Cluster
from tests.support.redis_nodes.nodes import Nodes
from tests.support.redis_nodes.sentinels import RedisWithSentinels
from tests.support.servers import Service

pytestmark = pytest.mark.nodes


@pytest.mark.parametrize("engine", [lambda: Cluster(replicas=0), RedisWithSentinels], ids=["cluster", "sentinel"])
def test_all_is_moved_to_other_nodes_that_have_the_same_names(engine: Callable[[], Nodes]) -> None:
    with engine() as here, engine() as there:
        with Service("user-service", None, **here.env) as users:
            emails = [people.store(users.url, email.partition("@")[0]) for email in people.emails(20)]

            moved = run("user_service", "migrate_store", "--to", there.url, "--json", **here.env)

            assert (moved.code, json.loads(moved.out or "{}")) == (0, {"moved": 0, "copied": len(emails)}), moved.err
        with Service("user-service", None, **there.env) as users:
            assert {requests.get(f"{users.url}/users/{email}", timeout=10).status_code for email in emails} == {200}
