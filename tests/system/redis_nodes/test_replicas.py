"""A write is acknowledged when as many replicas have it as REDIS_REPLICAS says, and not before."""

import time

import pytest
import requests

from tests.support.problems import assert_problem
from tests.support.redis_nodes.cluster import Cluster
from tests.support.redis_nodes.load import Load
from tests.support.redis_nodes.nodes import Nodes
from tests.support.servers import Service, eventually
from tests.system.redis_nodes.conftest import KEY, Row, choose_master, key_of

pytestmark = pytest.mark.nodes


def test_without_its_replicas_a_master_acknowledges_nothing_until_they_are_back(
    nodes: Nodes, engine: str, users: Service, stored: list[str], table: list[Row]
) -> None:
    master, is_concerned = choose_master(nodes, stored)
    with Load(users.url).running() as load:
        eventually(lambda: load.count_since(0, is_concerned) > 20, "writes")
        with nodes.cut_off(*nodes.replicas_of(master)):
            began = time.monotonic()
            eventually(lambda: load.statuses[503] > 0, "a refusal")
            refused = time.monotonic()  # by now all that the replicas had before is answered
            eventually(lambda: load.statuses[503] > 10, "refusals")
            assert load.count_since(refused, is_concerned) == 0
        healed = time.monotonic()
        eventually(lambda: load.count_since(healed, is_concerned) > 20, "writes after all of it")
        seconds = load.seconds_without_writes(began, is_concerned)
    lost = load.lost()
    table.append(Row("replicas cut off", engine, len(load.acknowledged), len(lost), seconds))

    assert lost == []
    assert set(load.statuses) <= {200, 201, 503}
    assert load.unannounced == 0


def test_what_was_stored_without_replicas_is_not_acknowledged_when_it_is_sent_again(
    nodes: Nodes, users: Service, stored: list[str]
) -> None:
    nodes.wait_until_healthy()
    path = f"{users.url}/users/{stored[0]}"
    week = {"intervals": [{"day": "monday", "start": "09:00", "end": "12:00"}]}
    writes = [("PATCH", path, {"name": "Renamed"}), ("PUT", f"{path}/availability", week)]
    with nodes.cut_off(*nodes.replicas_of(nodes.master_of(key_of(stored[0])))):
        for method, url, body in writes:
            for _ in range(2):
                answer = requests.request(method, url, json=body, timeout=30)
                assert_problem(answer, 503, "Too few replicas of Redis")
                assert answer.headers["Retry-After"]
    nodes.wait_until_healthy()

    for method, url, body in writes:
        assert requests.request(method, url, json=body, timeout=30).ok


def test_a_master_that_has_become_one_without_a_replica_waits_for_the_one_that_died(
    cluster: Cluster, table: list[Row]
) -> None:
    cluster.wait_until_healthy()
    master = cluster.master_of(KEY)
    with (
        Service("user-service", None, **cluster.env, REDIS_REPLICAS="1") as users,
        Load(users.url, is_chosen=lambda email: key_of(email) == KEY).running() as load,
    ):
        eventually(lambda: len(load.acknowledged) > 20, "writes")
        with cluster.killed(master):
            began = time.monotonic()
            cluster.wait_for_another_master(KEY, master)
            changed, refused = time.monotonic(), load.statuses[503]
            eventually(lambda: load.statuses[503] > refused + 10, "refusals")
            assert load.count_since(changed, bool) == 0
        eventually(lambda: load.count_since(began, bool) > 20, "writes")
        seconds = load.seconds_without_writes(began, bool)
        lost = load.lost()
    table.append(Row("killed, without another replica", "cluster", len(load.acknowledged), len(lost), seconds))

    assert lost == []
