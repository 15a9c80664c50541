"""Logins under way at a provider, in Redis: where each leads to, to be taken once."""

from typing import cast

from user_service.store import keys
from user_service.store.connection import connect


def keep(state: str, next_path: str, seconds: int) -> None:
    """Remembers for some seconds that a login is under way, and where it leads to."""
    with connect() as connection:
        connection.set(keys.LOGIN + state, next_path, ex=seconds)


def take(state: str) -> str | None:
    """Where the login leads to; None if it is not under way, or somebody has taken it already."""
    with connect() as connection:
        path = cast("bytes | None", connection.getdel(keys.LOGIN + state))
    return None if path is None else path.decode()
