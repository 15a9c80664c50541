"""A master fails under four writers: what was acknowledged stays, and nobody else is disturbed."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.support.redis_nodes.load import Load, Question
from tests.support.redis_nodes.node import DataNode
from tests.support.redis_nodes.nodes import Nodes
from tests.support.redis_nodes.sentinels import RedisWithSentinels
from tests.support.servers import Service, eventually
from tests.system.redis_nodes.conftest import KEY, Row, choose_master

pytestmark = pytest.mark.nodes

Fault = Callable[[Nodes, DataNode], AbstractContextManager[None]]

REDIS_SECONDS = 2.0
# Until writes are back after a master has failed.
BACK_SECONDS = 15
# How many writes are waited for before, during and after a fault.
WRITES = 20
FAULTS: dict[str, Fault] = {"killed": Nodes.killed, "frozen": Nodes.frozen, "cut off": Nodes.cut_off}


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_acknowledged_is_lost_with_a_master_and_writes_are_soon_back(
    nodes: Nodes, engine: str, users: Service, stored: list[str], table: list[Row], fault: str
) -> None:
    master, is_concerned = choose_master(nodes, stored)
    there = [Question("GET", f"/users/{email}") for email in stored if is_concerned(email)]
    elsewhere = [Question("GET", f"/users/{email}") for email in stored if not is_concerned(email)]
    with Load(users.url, there, *[elsewhere] if elsewhere else []).running() as load:
        eventually(lambda: load.count_since(0, is_concerned) > WRITES, "writes")
        with FAULTS[fault](nodes, master):
            began = time.monotonic()
            nodes.wait_for_another_master(KEY, master)
            changed = time.monotonic()
            eventually(lambda: load.count_since(changed, is_concerned) > WRITES, "writes on another master")
        nodes.wait_until_healthy()
        healed = time.monotonic()
        eventually(lambda: load.count_since(healed, is_concerned) > WRITES, "writes after all of it")
        seconds = load.seconds_without_writes(began, is_concerned)
    lost = load.lost()
    table.append(Row(fault, engine, len(load.acknowledged), len(lost), seconds))

    assert lost == []
    assert seconds < BACK_SECONDS
    assert set(load.statuses) <= {200, 201, 503}
    assert load.unannounced == 0
    on_that_node, *on_others = load.reads
    assert {read.status for read in on_that_node} <= {200, 503}
    for reads in on_others:
        assert {read.status for read in reads} == {200}
        assert max(read.seconds for read in reads) < REDIS_SECONDS  # nobody waited for the node that failed


def test_without_a_replica_that_has_them_writes_are_lost_with_their_master(table: list[Row]) -> None:
    with (
        RedisWithSentinels() as nodes,
        Service("user-service", None, **nodes.env, REDIS_REPLICAS="0") as users,
        Load(users.url).running() as load,
    ):
        eventually(lambda: len(load.acknowledged) > WRITES, "writes")
        master = nodes.master_of(KEY)
        with nodes.cut_off(master):
            began = time.monotonic()
            nodes.wait_for_another_master(KEY, master)
            eventually(lambda: load.count_since(began, bool) > WRITES, "writes that no replica has")
        nodes.wait_until_healthy()
        seconds = load.seconds_without_writes(began, bool)
        lost = load.lost()
    table.append(Row("cut off, REDIS_REPLICAS=0", "sentinel", len(load.acknowledged), len(lost), seconds))

    assert lost
