"""compose/kubernetes: who may talk to whom, as the network policies of both overlays say."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compose.run import SERVICES
from tests.support.kubernetes import GATEWAY, NAME, NAMESPACE_NAME, READER, REDIS, Cluster, Peer

INGRESS_CONTROLLER = Peer({}, {"w2meet-ingress": "true"})
MONITORING = Peer({}, {"w2meet-monitoring": "true"})
STRANGER = Peer({NAME: GATEWAY}, {NAMESPACE_NAME: "default"})
DNS = Peer({"k8s-app": "kube-dns"}, {NAMESPACE_NAME: "kube-system"})


def test_who_may_talk_to_whom(cluster: Cluster) -> None:
    everybody = cluster.peers | {"controller": INGRESS_CONTROLLER, "monitoring": MONITORING, "stranger": STRANGER}
    ports = (53, 80, 443, 8000, 8001, 8002, 8003, 6379, 26379)
    connections = {
        (source, target, port)
        for source in everybody
        for target in cluster.pods
        for port in ports
        if cluster.may_connect(everybody[source], cluster.peers[target], port)
    }

    to_redis = {(one, REDIS, 6379) for one in ("user-service", READER)} if REDIS in cluster.pods else set()
    assert connections == to_redis | {
        ("suggestion-service", "availability-service", 8000),
        ("availability-service", "user-service", 8000),
        *((source, service, 8000) for source in (GATEWAY, "monitoring") for service in SERVICES),
        *(("controller", GATEWAY, port) for port in SERVICES.values()),
    }


def test_who_may_ask_for_names(cluster: Cluster) -> None:
    names = {name for name, peer in cluster.peers.items() if cluster.may_connect(peer, DNS, 53, "UDP")}

    assert names == cluster.pods.keys() - {REDIS}


def test_who_may_ask_a_redis_that_is_outside() -> None:
    cluster, redis = Cluster("outside-redis"), Peer(address="192.0.2.1")
    connections = {
        (name, port)
        for name, peer in cluster.peers.items()
        for port in (443, 6379, 8000, 26379)
        if cluster.may_connect(peer, redis, port)
    }

    assert connections == {(name, port) for name in ("user-service", READER) for port in (6379, 26379)}


def test_only_two_reach_the_public_outside(cluster: Cluster) -> None:
    for address in ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"):
        connections = {
            (name, port)
            for name, peer in cluster.peers.items()
            for port in (80, 443, 6379, 8443)
            if cluster.may_connect(peer, Peer(address=address), port)
        }
        assert connections == {("user-service", 443), *((READER, port) for port in (80, 443, 6379, 8443))}


def find_sources(cluster: Cluster, address: str) -> set[str]:
    """The names of the pods that may connect to an address."""
    return {name for name, peer in cluster.peers.items() if cluster.may_connect(peer, Peer(address=address), 443)}


@given(address=st.ip_addresses())
def test_nobody_reaches_an_address_that_is_not_public(one_redis: Cluster, address: IPv4Address | IPv6Address) -> None:
    assert not find_sources(one_redis, str(address)) or (address.is_global and not address.is_multicast)


# The metadata of clouds, and spellings of 10.0.0.1: mapped (RFC 4291), translated (RFC 6052), over 6to4 (RFC 3056).
@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fd00:ec2::254", "10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1"]
)
def test_nobody_reaches_what_is_near(cluster: Cluster, address: str) -> None:
    assert find_sources(cluster, address) == set()
