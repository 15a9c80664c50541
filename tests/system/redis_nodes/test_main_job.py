"""From people's weeks to a meeting, and a calendar that is read, on all that REDIS_URL may name."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
import requests

from tests.support import people
from tests.support.redis_nodes.cluster import Cluster
from tests.support.redis_nodes.node import PASSWORD, USER
from tests.support.redis_nodes.nodes import Nodes
from tests.support.redis_nodes.sentinels import SENTINEL_PASSWORD, RedisWithSentinels
from tests.support.servers import HOST, Service, System, eventually
from tests.system import test_main_job as main_job
from tests.system.test_calendars import FILE

pytestmark = pytest.mark.nodes

ALL: dict[str, Callable[[], Nodes]] = {
    "cluster": Cluster,
    "cluster with passwords and TLS": lambda: Cluster(is_secure=True),
    "sentinel": RedisWithSentinels,
    "sentinel with passwords and TLS": lambda: RedisWithSentinels(is_secure=True),
}


@pytest.mark.parametrize("kind", ALL)
def test_people_meet(kind: str) -> None:
    with ALL[kind]() as nodes, System(**nodes.env) as system:
        group = main_job.create_group(system)
        path = f"{system.users}/users/{group[0]}/calendars/work"
        uploaded = requests.put(path, data=FILE, headers={"Content-Type": "text/calendar"}, timeout=10)
        assert uploaded.status_code == 202, uploaded.text

        main_job.test_people_in_two_zones_get_a_meeting(system, group)
        eventually(lambda: requests.get(path, timeout=10).json()["state"] == "ok", "a calendar that is read")
        assert main_job.healthy(system)
        assert not [
            secret for secret in (PASSWORD, quote(PASSWORD, safe=""), SENTINEL_PASSWORD) if secret in system.log
        ]


def test_one_redis_may_want_a_user_a_password_and_tls() -> None:
    with RedisWithSentinels(is_secure=True) as nodes:
        who = f"{USER}:{quote(PASSWORD, safe='')}"
        url = f"rediss://{who}@{HOST}:{nodes.master_of('').port}/0"
        with Service("user-service", None, **nodes.env | {"REDIS_URL": url}) as users:
            people.store(users.url, "ann")

            assert users.is_healthy()
            assert requests.get(f"{users.url}/users/{people.email('ann')}", timeout=10).status_code == 200
