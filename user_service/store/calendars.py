"""Calendars in Redis: for each email a hash of its calendars by name, and one queue of when each is read next.

A calendar and the busy time in its user's record change together, in one script.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import NamedTuple, cast

from common.api.exceptions import Conflict, Problem
from user_service.busy_time import BUSY, Calendar, merge_busy, summarize
from user_service.models import User, decode
from user_service.store import keys
from user_service.store.connection import connect
from user_service.store.users import ATTEMPTS, TooManyChanges, UnknownUser

MAX_CALENDARS = 20  # of a user

Edit = Callable[[User, Calendar | None], Calendar | None]

# A result that was claimed is stored only for that claim: a reader that was too slow, or frozen, has lost it.
_CHANGE = """
local member, claim = ARGV[6], ARGV[7]
if claim ~= '' and redis.call('HGET', KEYS[4], member) ~= claim then return -1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[4] == '' then redis.call('HDEL', KEYS[2], ARGV[3]) else redis.call('HSET', KEYS[2], ARGV[3], ARGV[4]) end
if ARGV[5] == '' then redis.call('ZREM', KEYS[3], member) else redis.call('ZADD', KEYS[3], ARGV[5], member) end
redis.call('HDEL', KEYS[4], member)
return 1
"""
_CLAIM = """
local member = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, 1)[1]
if not member then return false end
redis.call('ZADD', KEYS[1], ARGV[1] + ARGV[2], member)
redis.call('HSET', KEYS[2], member, ARGV[3])
return member
"""
_FORGET = """
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
"""


class UnknownCalendar(Problem):
    """The user has no calendar of this name."""

    status_code = HTTPStatus.NOT_FOUND
    default_code = "unknown-calendar"


class TooManyCalendars(Conflict):
    """The user has as many calendars as they may have."""

    default_code = "too-many-calendars"
    default_detail = f"A user has at most {MAX_CALENDARS} calendars."


class Claim(NamedTuple):
    """A calendar that one reader is to read, until the lease ends."""

    email: str
    name: str
    token: str


def fetch(email: str) -> tuple[User, dict[str, Calendar]]:
    """A user and their calendars by name, of the same moment. Raises UnknownUser."""
    _, user, calendars = _fetch(email)
    return user, calendars


def change(email: str, name: str, edit: Edit, claim: Claim | None = None) -> Calendar | None:
    """Stores what `edit` makes of a calendar, with its busy time and when it is read next, or removes it, in one step.

    `edit` is called again when somebody else was quicker. Returns None if the calendar is gone, or another has the
    claim. Raises UnknownUser, TooManyCalendars, and what `edit` raises.
    """
    for _ in range(ATTEMPTS):
        record, user, calendars = _fetch(email)
        calendar = edit(user, calendars.get(name))
        others = {each: stored for each, stored in calendars.items() if each != name}
        after = others | ({name: calendar} if calendar else {})
        if len(after) > max(MAX_CALENDARS, len(calendars)):
            raise TooManyCalendars
        changed = replace(user, busy=merge_busy(after.values()), calendars=_summarize(user, after))
        due = "" if calendar is None or calendar.next_read is None else calendar.next_read * 60
        with connect() as connection:
            done = connection.register_script(_CHANGE)(
                keys=[keys.USER + email, keys.CALENDARS + email, keys.DUE, keys.CLAIMS],
                args=[
                    record,
                    changed.encode(),
                    name,
                    calendar.encode() if calendar else "",
                    due,
                    _member(email, name),
                    claim.token if claim else "",
                ],
            )
        if done:
            return calendar if done > 0 else None
    raise TooManyChanges


def make_due(calendar: Calendar) -> Calendar:
    """The calendar, to be read now if it is one that is read."""
    return calendar if calendar.kind == BUSY else replace(calendar, next_read=int(time.time()) // 60, failures=0)


def refresh_all(email: str) -> None:
    """Has all calendars of a user read now: their days, and times without a zone, go by another clock."""
    _, calendars = fetch(email)
    for name in calendars:
        change(email, name, lambda user, calendar: make_due(calendar) if calendar else None)


def claim_due(now: int, lease_seconds: int, token: str) -> Claim | None:
    """The calendar that is due the longest, for one reader alone until the lease ends; None if none is.

    `now` is in seconds since 1970. The reader that dies leaves it to the next.
    """
    with connect() as connection:
        member = cast(
            "bytes | None",
            connection.register_script(_CLAIM)(keys=[keys.DUE, keys.CLAIMS], args=[now, lease_seconds, token]),
        )
    if member is None:
        return None
    email, _, name = member.decode().partition("\n")
    return Claim(email, name, token)


def forget(claim: Claim) -> None:
    """Takes what was claimed out of the queue: nobody has such a calendar any more."""
    with connect() as connection:
        connection.register_script(_FORGET)(
            keys=[keys.DUE, keys.CLAIMS], args=[_member(claim.email, claim.name), claim.token]
        )


def _fetch(email: str) -> tuple[bytes, User, dict[str, Calendar]]:
    with connect() as connection, connection.pipeline() as pipeline:
        pipeline.get(keys.USER + email)
        pipeline.hgetall(keys.CALENDARS + email)
        record, hashes = pipeline.execute()
    if record is None:
        raise UnknownUser.of(email)
    return record, decode(email, record), {name.decode(): Calendar.decode(text) for name, text in hashes.items()}


def _summarize(user: User, calendars: Mapping[str, Calendar]) -> dict[str, int | bool | None]:
    # The number makes another record of each change, also of one that leaves all else in it as it was.
    return summarize(list(calendars.values())) | {"change": (user.calendars.get("change") or 0) + 1}


def _member(email: str, name: str) -> str:
    return f"{email}\n{name}"
