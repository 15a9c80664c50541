"""The readers of the environment, which stop a start with a line that names the variable."""

import os
import subprocess
import sys
from collections.abc import Callable
from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from common.conf import env
from tests.support.servers import ROOT

NAME = "W2MEET_TEST"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda value: monkeypatch.setenv(NAME, value)


def test_a_variable_is_read(given: Callable[[str], None]) -> None:
    given(" eleven ")

    assert env.text(NAME, "ten") == "eleven"


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_the_default_stands_in_for_what_is_unset_or_empty(given: Callable[[str], None], empty: str | None) -> None:
    if empty is not None:
        given(empty)

    assert env.text(NAME, "ten") == "ten"
    assert env.words(NAME, "a,b") == ["a", "b"]
    assert env.boolean(NAME, default=True) is True
    assert env.seconds(NAME, 1.5) == 1.5
    assert env.integer(NAME, 3) == 3
    assert env.port(NAME, 8001) == 8001
    assert env.url(NAME) == ""
    assert env.choice(NAME, "INFO", among=("INFO", "DEBUG")) == "INFO"


def test_words_are_separated_by_commas(given: Callable[[str], None]) -> None:
    given(" one, two,,three,")

    assert env.words(NAME, "") == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("word", "truth"), [("1", True), ("True", True), ("on", True), ("YES", True), ("0", False), ("No", False)]
)
def test_truth_has_several_spellings(given: Callable[[str], None], word: str, truth: bool) -> None:
    given(word)

    assert env.boolean(NAME, default=not truth) is truth


@pytest.mark.parametrize("value", ["http://user-service:8001/", "https://[::1]:8001", "http://host/below/"])
def test_an_address_is_read_without_its_last_slash(given: Callable[[str], None], value: str) -> None:
    given(value)

    assert env.url(NAME) == value.rstrip("/")


@pytest.mark.parametrize("value", ["https://login.example.org", "https://login.example.org/", "http://host/realm/"])
def test_an_issuer_is_read_to_the_letter(given: Callable[[str], None], value: str) -> None:
    given(value)

    assert env.issuer(NAME) == value


def test_there_may_be_no_issuer() -> None:
    assert env.issuer(NAME) == ""


@pytest.mark.parametrize("value", ["redis://:secret@host:6379/0", "unix:///run/redis.sock?db=1"])
def test_an_address_of_redis_is_read(given: Callable[[str], None], value: str) -> None:
    given(value)

    assert env.redis_address(NAME, 6379).url == value


@pytest.mark.parametrize(
    ("read", "values"),
    [
        (lambda: env.boolean(NAME, default=True), ["maybe", "2", "truee"]),
        (lambda: env.seconds(NAME, 1), ["0", "-1", "nan", "inf", "3601", "1s", "1,5"]),
        (lambda: env.integer(NAME, 1), ["0", "-1", "1.0", "two", "1e3"]),
        (lambda: env.choice(NAME, "INFO", among=("INFO", "DEBUG")), ["info", "TRACE"]),
        (lambda: env.networks(NAME), ["10.0.0.1/8", "10.0.0.0/33", "localhost", "10.0.0.0/8;::1"]),
        (lambda: env.secret_keys(NAME), ["short", "A" * 43, "A" * 42 + "/=", f"{'A' * 43}=,{'A' * 44}"]),
        (lambda: env.issuer(NAME), ["login.example.org", "ftp://host/", "http://host/?tenant=1", "http://host/#one"]),
        (
            lambda: env.url(NAME),
            [
                "user-service:8001",
                "ftp://host",
                "http://",
                "http:host",
                "http:///path",
                "http://host:port",
                "http://host:0",
                "http://host:65536",
                "http://[::1",
                "/",
            ],
        ),
    ],
    ids=["boolean", "seconds", "integer", "choice", "networks", "keys", "issuer", "url"],
)
def test_a_bad_value_is_refused_with_the_name_of_its_variable(
    given: Callable[[str], None], read: Callable[[], object], values: list[str]
) -> None:
    for value in values:
        given(value)
        with pytest.raises(ImproperlyConfigured, match=f"^{NAME} must be "):
            read()


def test_networks_are_read(given: Callable[[str], None]) -> None:
    assert env.networks(NAME) == []

    given("127.0.0.1, fd00::/8")
    assert env.networks(NAME) == [ip_network("127.0.0.1/32"), ip_network("fd00::/8")]


def test_keys_are_read_and_a_bad_one_is_not_shown(given: Callable[[str], None]) -> None:
    assert env.secret_keys(NAME) == []

    given(f"{'A' * 43}=,{'b-_' * 14}8=")
    assert env.secret_keys(NAME) == [f"{'A' * 43}=", f"{'b-_' * 14}8="]
    given("hunter2")
    with pytest.raises(ImproperlyConfigured) as refused:
        env.secret_keys(NAME)
    assert "hunter2" not in str(refused.value)
    assert env.HOW_TO_MAKE_A_KEY in str(refused.value)


def test_a_bad_address_is_refused_without_telling_its_password(given: Callable[[str], None]) -> None:
    given("ftp://:secret@host:6379")

    with pytest.raises(ImproperlyConfigured) as refused:
        env.url(NAME)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, "http://127.0.0.1:8001"),
        ({"A_SERVICE_PORT": "7000"}, "http://127.0.0.1:7000"),
        ({"A_SERVICE_PORT": "7000", "A_SERVICE_URL": "http://host:1"}, "http://host:1"),
        ({"A_SERVICE_PORT": "tcp://10.0.0.1:6379", "A_SERVICE_URL": "http://host:1"}, "http://host:1"),
    ],
)
def test_a_neighbour_is_looked_for_on_this_machine_unless_an_address_is_given(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], address: str
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    assert env.neighbour_url("A_SERVICE_URL", 8001) == address


@pytest.mark.parametrize("port", ["0", "65536", "x", "tcp://10.0.0.1:6379"])
def test_a_bad_port_of_a_neighbour_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("A_SERVICE_PORT", port)

    with pytest.raises(ImproperlyConfigured, match=r"^A_SERVICE_PORT must be a port number, not '"):
        env.neighbour_url("A_SERVICE_URL", 8001)


@pytest.mark.parametrize(
    ("service", "variable"),
    [("user", "REDIS_URL"), ("availability", "USER_SERVICE_URL"), ("suggestion", "AVAILABILITY_SERVICE_URL")],
)
def test_a_service_does_not_start_with_a_bad_address(service: str, variable: str) -> None:
    command = [sys.executable, "-c", f"import {service}_service.settings"]
    bad = os.environ | {variable: "localhost:8001"}

    started = subprocess.run(command, env=bad, cwd=ROOT, capture_output=True, text=True, check=False)

    assert started.returncode == 1
    assert f"ImproperlyConfigured: {variable} " in started.stderr.splitlines()[-1]
