"""Logins under way at a provider, in Redis: where each leads to, to be taken once."""

from user_service.store import keys
from user_service.store.commands import command
from user_service.store.connection import write


def keep(state: str, next_path: str, seconds: int) -> None:
    """Remembers for some seconds that a login is under way, and where it leads to."""
    write(command("SET", keys.login(state), next_path, "EX", seconds))


def take(state: str) -> str | None:
    """Where the login leads to; None if it is not under way, or somebody has taken it already."""
    path: bytes | None = write(command("GETDEL", keys.login(state)))
    return None if path is None else path.decode()
