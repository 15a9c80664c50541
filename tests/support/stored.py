"""What is stored in a Redis."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis

FAMILIES = ("user", "users", "calendars", "kept", "due", "claims", "tokens", "token", "rate", "login", "closed")


def stored_emails(client: redis.Redis) -> set[str]:
    """The emails in the indices of all buckets."""
    indices: list[list[bytes]] = [client.execute_command("ZRANGE", key, 0, -1) for key in client.scan_iter("users:*")]
    return {email.decode() for index in indices for email in index}


@contextmanager
def unwritable(client: redis.Redis, family: str) -> Iterator[None]:
    """Redis refuses to write keys that begin so, as where the node that has them is gone."""
    others = [f"~{name}:*" for name in FAMILIES if name != family]
    client.execute_command("ACL", "SETUSER", "default", "resetkeys", f"%R~{family}:*", *others)
    try:
        yield
    finally:
        client.execute_command("ACL", "SETUSER", "default", "allkeys")
