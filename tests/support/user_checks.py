"""What many tests of user-service say of an answer."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar
from urllib.parse import quote

NEVER = [[0] * 24 for _ in range(7)]
# What emails may hold that paths, queries and JSON would read as something else.
ODD_EMAILS = [
    "ann+tag@example.org",
    "o'neil@example.org",
    "a/b@example.org",
    "/a@example.org",
    "a/availability@example.org",
    "a/overrides/b@example.org",
    "a/sharing@example.org",
    "a/calendars/b@example.org",
    "a/busy@example.org",
    "a/./b@example.org",
    "availability@example.org",
    "100%@example.org",
    "%2f%00@example.org",
    "who?x=1@example.org",
    "#1@example.org",
    "a&email=b@example.org",
    "{a}|`~!$^*_-=@example.org",
    r'"a\ b\"c"@example.org',
    "a@[127.0.0.1]",
    "a@bücher.example",
    "a@例え.テスト",
    f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 59}.example",
]

R = TypeVar("R")


def path_of(email: str) -> str:
    """The path of a user, with everything encoded that may be."""
    return f"/users/{quote(email, safe='')}"


def interval(day: str, start: str, end: str) -> dict[str, str]:
    """One interval of a week."""
    return {"day": day, "start": start, "end": end}


def grid(*free: tuple[int, int]) -> list[list[int]]:
    """A week in which these (day, hour) are free."""
    return [[int((day, hour) in free) for hour in range(24)] for day in range(7)]


def at_once(calls: Sequence[Callable[[], R]]) -> list[R]:
    """What the calls return when each begins in a thread of its own, all at the same moment."""
    start = Barrier(len(calls))

    def run(call: Callable[[], R]) -> R:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
