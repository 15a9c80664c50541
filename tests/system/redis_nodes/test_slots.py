"""A slot of a cluster moves to another node while its users are written and read."""

import pytest

from tests.support import people
from tests.support.redis_nodes.cluster import Cluster
from tests.support.redis_nodes.load import Load, Question
from tests.support.servers import Service, eventually
from tests.system.redis_nodes.conftest import KEY, key_of

pytestmark = pytest.mark.nodes

COUNT = 4
MOVES = {"by-keys": Cluster.move_keys, "at-once": Cluster.move_slot}


def is_in_the_slot(email: str) -> bool:
    return key_of(email) == KEY


def wait_for_writes(load: Load) -> None:
    before = len(load.acknowledged)
    eventually(lambda: len(load.acknowledged) > before + 20, "writes")


@pytest.mark.parametrize("how", MOVES)
def test_nobody_notices_that_a_slot_moves(cluster: Cluster, how: str) -> None:
    cluster.wait_until_healthy()
    names = (f"{how}-{number}" for number in range(4000))
    with Service("user-service", None, **cluster.env, REDIS_REPLICAS="1") as users:
        emails = [people.store(users.url, name) for name in names if is_in_the_slot(people.email(name))]
        one_by_one = [Question("GET", f"/users/{email}") for email in emails]
        at_once = [Question("POST", "/users/availability/query", {"emails": emails})]
        pages = [Question("GET", "/users?limit=100")]
        with Load(users.url, one_by_one, at_once, pages, is_chosen=is_in_the_slot).running() as load:
            for _ in range(COUNT):
                wait_for_writes(load)
                source = cluster.master_of(KEY)
                MOVES[how](cluster, KEY, next(node for node in cluster.masters() if node is not source))
            wait_for_writes(load)

        assert load.lost() == []
    assert not load.refusals
    assert set(load.statuses) == {200, 201}
    assert [{read.status for read in reads} for reads in load.reads] == [{200}] * 3
