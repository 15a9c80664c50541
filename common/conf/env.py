"""Typed readers of the environment. A bad value stops the start with a line that names the variable."""

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from common.conf.redis_address import RedisAddress, RedisAddressError, read_redis_address

HOW_TO_MAKE_A_KEY = "openssl rand -base64 32 | tr '+/' '-_'"


def text(name: str, default: str) -> str:
    """The variable, or the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def words(name: str, default: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def boolean(name: str, *, default: bool) -> bool:
    """True or false, written as 1, true, yes, on, or 0, false, no, off."""
    value = text(name, str(default)).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def seconds(name: str, default: float) -> float:
    """A positive number of seconds, at most an hour."""
    value = text(name, str(default))
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 < number <= 3600:
        raise ImproperlyConfigured(f"{name} must be a number of seconds above 0, not {value!r}.")
    return number


def integer(name: str, default: int, *, least: int = 1) -> int:
    """A whole number, by default a positive one."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number above {least - 1}, not {value!r}.")
    return int(value)


def neighbour_url(name: str, default_port: int) -> str:
    """The address in NEIGHBOUR_URL; without one, this machine at the port in NEIGHBOUR_PORT, as `make run` takes it."""
    # Only then: elsewhere something else may go by the name of the port. Kubernetes sets REDIS_PORT to an address.
    return url(name) or f"http://127.0.0.1:{port(port_variable(name), default_port)}"


def redis_address(name: str, default_port: int) -> RedisAddress:
    """The address of Redis, found as `neighbour_url` finds that of a service. Never shows a password in the error."""
    try:
        return read_redis_address(text(name, "") or f"redis://127.0.0.1:{port(port_variable(name), default_port)}")
    except RedisAddressError as fault:
        raise ImproperlyConfigured(f"{name} is no address of a Redis: {fault}.") from None


def port_variable(name: str) -> str:
    """NEIGHBOUR_PORT for NEIGHBOUR_URL."""
    return f"{name.removesuffix('_URL')}_PORT"


def port(name: str, default: int) -> int:
    """The number of a port."""
    value = text(name, str(default))
    if not (value.isdecimal() and 0 < int(value) < 65536):
        raise ImproperlyConfigured(f"{name} must be a port number, not {value!r}.")
    return int(value)


def url(name: str) -> str:
    """An address, without a trailing slash, or none. Never shows a password in the error."""
    value = text(name, "")
    if not value:
        return ""
    try:
        address = urlsplit(value)
        good = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        good = False
    if not good:
        raise ImproperlyConfigured(f"{name} must be an address that begins with http:// or https://, with a host.")
    return value.rstrip("/")


def issuer(name: str) -> str:
    """The identifier of an OpenID provider, to the letter: a slash at its end is a part of it. Or none."""
    address = urlsplit(url(name))
    if address.query or address.fragment:
        raise ImproperlyConfigured(f"{name} must be an address without a query or a fragment.")
    return text(name, "")


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A list of networks, separated by commas, such as 10.0.0.0/8. By default there is none."""
    try:
        return [ip_network(word) for word in words(name, "")]
    except ValueError as fault:
        raise ImproperlyConfigured(f"{name} must be networks, separated by commas: {fault}.") from None


def secret_keys(name: str) -> list[str]:
    """A list of secret keys, each of 32 bytes in base64 for URLs. By default there is none. Never shows a key."""
    keys = words(name, "")
    if not all(re.fullmatch(r"[\w-]{43}=", key, re.ASCII) for key in keys):
        raise ImproperlyConfigured(f"{name} must be keys, separated by commas, each made by: {HOW_TO_MAKE_A_KEY}")
    return keys


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """One of the given words."""
    value = text(name, default)
    if value not in among:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not {value!r}.")
    return value
