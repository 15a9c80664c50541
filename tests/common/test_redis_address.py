"""Addresses of Redis: one server, one that Sentinels watch, a cluster."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from common.conf import env
from common.conf.redis_address import CLUSTER, EXAMPLES, ONE, SENTINEL, read_redis_address


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_errors_show_as_examples_is_read(example: str) -> None:
    assert read_redis_address(example).url == example


@pytest.mark.parametrize(
    ("text", "hosts", "database"),
    [
        ("redis://host", (("host", 6379),), 0),
        ("redis://host:6379/15", (("host", 6379),), 15),
        ("rediss://[::1]:6380/", (("::1", 6380),), 0),
    ],
)
def test_one_server(text: str, hosts: tuple[tuple[str, int], ...], database: int) -> None:
    address = read_redis_address(text)

    assert (address.kind, address.hosts, address.database) == (ONE, hosts, database)
    assert address.is_encrypted is text.startswith("rediss")


def test_a_socket() -> None:
    address = read_redis_address("unix:///run/redis.sock?db=3")

    assert (address.kind, address.hosts, address.path, address.query) == (ONE, (), "/run/redis.sock", "db=3")
    assert address.name() == "/run/redis.sock"


def test_one_server_that_sentinels_watch() -> None:
    address = read_redis_address("rediss+sentinel://ann:p%40ss@one,two:26380/my-master/2?ssl_ca_certs=/ca.pem")

    assert (address.kind, address.is_encrypted, address.service, address.database) == (SENTINEL, True, "my-master", 2)
    assert address.hosts == (("one", 26379), ("two", 26380))
    assert (address.username, address.password, address.query) == ("ann", "p@ss", "ssl_ca_certs=/ca.pem")


def test_a_cluster() -> None:
    address = read_redis_address("redis+cluster://:secret@one:7000,[::1]:7001,three/0")

    assert (address.kind, address.username, address.password) == (CLUSTER, "", "secret")
    assert address.hosts == (("one", 7000), ("::1", 7001), ("three", 6379))
    assert address.name() == "one:7000, ::1:7001, three:6379"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it must be like one of these"),
        ("http://host", "it must be like one of these"),
        ("redis+nonsense://host", "it must be like one of these"),
        ("redis+sentinel+cluster://host/service", "it must be like one of these"),
        ("host:6379", "it must be like one of these"),
        ("redis://", "each host must be a name"),
        ("redis+cluster://one,,two", "each host must be a name"),
        ("redis+cluster://one:,two", "each host must be a name"),
        ("redis://host:0", "each host must be a name"),
        ("redis://host:65536", "it must be like one of these"),
        ("redis://host:correct-horse", "it must be like one of these"),
        ("redis://[::1", "it must be like one of these"),
        ("redis://one,two/0", "several hosts are those of"),
        ("redis://host:6379/notadb", "it must end with the number of a database"),
        ("redis://host/0/1", "it must end with the number of a database"),
        ("redis://host/²", "it must end with the number of a database"),
        ("redis+cluster://host/1", "a cluster has one database"),
        ("redis+sentinel://host", "after the Sentinels comes a slash"),
        ("redis+sentinel://host/", "after the Sentinels comes a slash"),
        ("redis+sentinel://host/Service", "in lower case"),
        ("redis+sentinel://host/service/zero", "after the Sentinels comes a slash"),
        ("unix://run/redis.sock", "a socket must be like"),
        ("redis://:correct#horse@host", "it must be like one of these"),
        ("redis://:correct?horse@host", "it must be like one of these"),
        ("redis+cluster://:correct/horse@host", "it must"),
    ],
)
def test_what_makes_no_sense_is_said_without_a_part_of_it(
    text: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", text or ":")

    with pytest.raises(ImproperlyConfigured, match=f"^REDIS_URL is no address of a Redis: .*{fault}") as raised:
        env.redis_address("REDIS_URL", 6379)

    assert "correct" not in str(raised.value)


def test_without_an_address_it_is_the_port_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("REDIS_PORT", "7000")

    assert env.redis_address("REDIS_URL", 6379).url == "redis://127.0.0.1:7000"
