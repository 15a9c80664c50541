"""REDIS_URL: what each kind of address means, and the line that one without sense ends a start with."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from common.conf import env
from common.conf.redis_address import EXAMPLES, read_redis_address
from tests.support.servers import ROOT

SECRET = "s3cret"
TWO_SENTINELS = (("one", 26379), ("two", 26380))
TWO_NODES = (("one", 6379), ("::1", 7000))


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("redis://one", {"kind": "", "hosts": (("one", 6379),), "database": 0, "is_encrypted": False}),
        ("redis://one:7000/15", {"hosts": (("one", 7000),), "database": 15}),
        ("redis://one/", {"database": 0}),
        ("redis://[::1]:7000/1", {"hosts": (("::1", 7000),)}),
        ("redis://:p%40ss%2Fword@one", {"username": "", "password": "p@ss/word", "hosts": (("one", 6379),)}),
        ("rediss://u%3A1:p%3A2@one", {"is_encrypted": True, "username": "u:1", "password": "p:2"}),
        ("redis://one?protocol=2", {"query": "protocol=2"}),
        ("unix:///run/redis.sock?db=1", {"kind": "", "hosts": (), "path": "/run/redis.sock", "query": "db=1"}),
        ("redis+sentinel://one,two:26380/name", {"kind": "sentinel", "hosts": TWO_SENTINELS, "service": "name"}),
        ("redis+sentinel://one/my-master.1", {"service": "my-master.1", "database": 0}),
        ("redis+sentinel://one/name/3", {"service": "name", "database": 3, "is_encrypted": False}),
        ("rediss+sentinel://u:p@one,two:26380/name", {"is_encrypted": True, "username": "u", "hosts": TWO_SENTINELS}),
        ("redis+cluster://one,[::1]:7000", {"kind": "cluster", "hosts": TWO_NODES, "is_encrypted": False}),
        ("redis+cluster://one/0", {"database": 0}),
        ("rediss+cluster://u:p%2C1@one,[::1]:7000/", {"is_encrypted": True, "password": "p,1", "hosts": TWO_NODES}),
    ],
)
def test_an_address_is_read(address: str, parts: dict[str, Any]) -> None:
    found = read_redis_address(address)._asdict()

    assert {name: found[name] for name in parts} == parts


@pytest.mark.parametrize("address", EXAMPLES)
def test_what_is_given_as_an_example_is_an_address(address: str) -> None:
    assert read_redis_address(address).url == address


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://:s3cret@one", "it must be like one of these"),
        ("one:6379", "it must be like one of these"),
        ("redis+clusters://:s3cret@one", "it must be like one of these"),
        ("rediss+unix:///run/redis.sock", "it must be like one of these"),
        ("redis://:s3cret@one:port", "each host must be a name"),
        ("redis://:s3cret@one:65536", "it must be like one of these"),
        ("redis://:s3cret@one:-1", "each host must be a name"),
        ("redis://:s3cret@[::1", "it must be like one of these"),
        ("redis://one/0#s3cret", "it must be like one of these"),
        # Passwords that should have been percent-encoded.
        ("redis://:a?s3cret@one/0", "it must be like one of these"),
        ("redis+cluster://:a#s3cret@one,two", "it must be like one of these"),
        ("redis://:a/s3cret@one/0", "it must end with the number of a database"),
        ("redis://", "each host must be a name"),
        ("redis://:s3cret@/0", "each host must be a name"),
        ("redis://:s3cret@one:0", "each host must be a name"),
        ("redis://:s3cret@one:", "each host must be a name"),
        ("redis://::1:6379", "each host must be a name"),
        ("redis+sentinel://:s3cret@one,,two/name", "each host must be a name"),
        ("redis+cluster://:s3cret@one,", "each host must be a name"),
        ("redis+cluster://:s3cret@", "each host must be a name"),
        ("redis://:s3cret@one,two", "several hosts are those of redis+sentinel:// or redis+cluster://"),
        ("redis://one/name", "it must end with the number of a database"),
        ("redis://one/0/1", "it must end with the number of a database"),
        ("redis://one/-1", "it must end with the number of a database"),
        ("redis://one/²", "it must end with the number of a database"),
        ("redis+sentinel://:s3cret@one", "the name of the service"),
        ("redis+sentinel://:s3cret@one/", "the name of the service"),
        ("redis+sentinel://:s3cret@one//0", "the name of the service"),
        ("redis+sentinel://:s3cret@one/name/zero", "the name of the service"),
        ("redis+sentinel://:s3cret@one/name/0/1", "the name of the service"),
        ("redis+sentinel://:s3cret@one/a name", "it must be like one of these"),
        ("redis://:s3cret@o\tne", "it must be like one of these"),
        ("redis+cluster://:s3cret@one;two", "each host must be a name"),
        ("redis+cluster://:s3cret@one?db=1", "a cluster has one database"),
        ("redis+sentinel://:s3cret@one,:s3cret@two/name", "user and password come once"),
        ("unix:run/redis.sock", "a socket must be like"),
        ("redis+cluster://:s3cret@one/1", "a cluster has one database"),
        ("redis+cluster://:s3cret@one/name", "it must end with the number of a database"),
        ("unix://", "a socket must be like"),
        ("unix://one/run/redis.sock", "a socket must be like"),
    ],
)
def test_an_address_without_sense_is_refused_in_one_line_that_keeps_its_password(
    address: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", address)

    with pytest.raises(ImproperlyConfigured) as refused:
        env.redis_address("REDIS_URL", 6379)

    line = str(refused.value)
    assert line.startswith("REDIS_URL is no address of a Redis: ")
    assert told in line
    assert SECRET not in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "address",
    [
        "redis://u:s3cret@one/name",
        "redis+sentinel://u:s3cret@one,two",
        "redis+cluster://u:s3cret@one,two/1",
        "redis+cluster://u:s3cret@one?socket_timeout=soon",
    ],
)
def test_a_service_that_cannot_read_its_address_does_not_start(address: str) -> None:
    command = [sys.executable, "-m", "gunicorn", "-c", "compose/gunicorn.conf.py", "-b", "127.0.0.1:0"]
    settings = {"REDIS_URL": address, "DJANGO_SETTINGS_MODULE": "user_service.settings"}

    started = subprocess.run(
        [*command, "user_service.wsgi"],
        env=os.environ | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    (line,) = (started.stdout + started.stderr).splitlines()
    assert line.startswith("REDIS_URL ")
    assert SECRET not in line
