"""What it costs that Redis is a cluster, and that a replica has to have each change."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks import population
from tests.benchmarks.load import Times, one_by_one
from tests.benchmarks.questions import Calls
from tests.support.redis_nodes.cluster import MASTERS, Cluster
from tests.support.redis_nodes.network import DirectNetwork
from tests.support.servers import System

ONE, CLUSTER = "one Redis", f"cluster of {MASTERS} masters"
REPLICATED = f"{CLUSTER}, REDIS_REPLICAS=1"
BATCH = 10_000
CREATED = 10_000  # more than can be created while it is measured


def measure(seconds: float) -> dict[str, dict[str, Times]]:
    """Times by engine and call, each with the same users."""
    with (
        tempfile.TemporaryDirectory() as folder,
        System(DATA_DIR=folder) as one,
        Cluster(replicas=1, network=DirectNetwork()) as nodes,
        _running(nodes) as cluster,
        _running(nodes, REDIS_REPLICAS="1") as replicated,
    ):
        for system in (one, cluster):
            population.store(system, 0, 2 * BATCH)
        systems = {ONE: one, CLUSTER: cluster, REPLICATED: replicated}
        return {name: dict(_measure_calls(system, name, seconds)) for name, system in systems.items()}


@contextmanager
def _running(nodes: Cluster, **env: str) -> Iterator[System]:
    with System(**nodes.env, **env) as system:
        yield system


def _measure_calls(system: System, name: str, seconds: float) -> Iterator[tuple[str, Times]]:
    calls = Calls(system, 2 * BATCH)
    yield f"weeks of {BATCH:,}", one_by_one(calls.some(calls.fetch_weeks(BATCH), 5), seconds)
    yield "GET /users, a page of 100", one_by_one(calls.some(calls.page), seconds)
    yield "GET /users/{email}", one_by_one(calls.some(calls.read), seconds)
    yield "PUT /users/{email}/availability", one_by_one(calls.some(calls.replace_week), seconds)
    # Those of the one before are stored already.
    calls.created = len(name) * CREATED
    yield "POST /users", one_by_one(calls.some(calls.create, CREATED), seconds)
