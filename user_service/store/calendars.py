"""Calendars in Redis: for each email a hash of its calendars by name, and for each bucket when each is read next.

A calendar and the busy time in its user's record change together, in one script.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import NamedTuple, Self

from common.api.exceptions import Conflict, Problem
from user_service.busy_time import Calendar, merge_busy, summarize
from user_service.models import User, decode
from user_service.store import commands, keys, old_layout
from user_service.store.connection import run_all, run_reachable, write
from user_service.store.users import ATTEMPTS, TooManyChanges, UnknownUser

MAX_CALENDARS = 20  # of a user

Edit = Callable[[User, Calendar | None], Calendar | None]

# A result that was claimed is stored only for that claim: a reader that was too slow, or frozen, has lost it.
_CHANGE = """
local member, claim = ARGV[6], ARGV[7]
if claim ~= '' and redis.call('HGET', KEYS[4], member) ~= claim then return -1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[4] == '' then
    redis.call('HDEL', KEYS[2], ARGV[3])
    redis.call('HDEL', KEYS[5], ARGV[3])
else
    redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
    redis.call('HSET', KEYS[5], ARGV[3], ARGV[8])
end
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


# When this process last claimed a calendar of a bucket.
_turns: dict[str, float] = {}


class UnknownCalendar(Problem):
    """The user has no calendar of this name."""

    status_code = HTTPStatus.NOT_FOUND
    default_code = "unknown-calendar"

    @classmethod
    def of(cls, name: str) -> Self:
        """What is said of a calendar that is not there."""
        return cls(f"There is no calendar {name}.")


class TooManyCalendars(Conflict):
    """The user has as many calendars as they may have."""

    default_code = "too-many-calendars"
    default_detail = f"A user has at most {MAX_CALENDARS} calendars."


class Claim(NamedTuple):
    """A calendar that one reader is to read, until the lease ends."""

    email: str
    name: str
    token: str


def are_too_many(after: Collection[str], before: Collection[str]) -> bool:
    """Whether these are more calendars than a user may have, and more than there were."""
    return len(after) > max(MAX_CALENDARS, len(before))


def fetch(email: str) -> tuple[User, dict[str, Calendar]]:
    """A user and their calendars by name, in order, without what readings need. Raises UnknownUser."""
    _, user, calendars = _fetch(email)
    return user, calendars


def fetch_for_reading(email: str, name: str) -> tuple[User, Calendar | None]:
    """A user and one of their calendars, with all that its reading needs. Raises UnknownUser."""
    _, user, calendars = _fetch(email, name)
    return user, calendars.get(name)


def change(email: str, name: str, edit: Edit, claim: Claim | None = None) -> Calendar | None:
    """Stores what `edit` makes of a calendar, with its busy time and when it is read next, or removes it, in one step.

    `edit` is called again when somebody else was quicker. Returns None if the calendar is gone, or another has the
    claim. Raises UnknownUser, TooManyCalendars, and what `edit` raises.
    """
    for _ in range(ATTEMPTS):
        record, user, calendars = _fetch(email, name)
        calendar = edit(user, calendars.get(name))
        others = {each: stored for each, stored in calendars.items() if each != name}
        after = others | ({name: calendar} if calendar else {})
        if are_too_many(after, calendars):
            raise TooManyCalendars
        changed = replace(user, busy=merge_busy(after.values()), calendars=_summarize(user, after))
        due = "" if calendar is None or calendar.next_read is None else calendar.next_read * 60
        tag = keys.find_tag(email)
        done = write(
            commands.change(
                _CHANGE,
                [keys.user(email), keys.calendars(email), keys.due(tag), keys.claims(tag), keys.kept(email)],
                record,
                changed.encode(),
                name,
                calendar.encode() if calendar else "",
                due,
                _member(email, name),
                claim.token if claim else "",
                calendar.encode_for_reading() if calendar else "",
            )
        )
        if done:
            return calendar if done > 0 else None
    raise TooManyChanges


def claim_due(now: int, lease_seconds: int, token: str) -> Claim | None:
    """A calendar that is due, for one reader alone until the lease ends; None if none is.

    Buckets take turns, so that however slowly the many calendars of somebody are read, those of most others wait for
    one of them and not for all. `now` is in seconds since 1970. The reader that dies leaves it to the next.
    """
    old_layout.move_due(now)
    first = ("-inf", now, "BYSCORE", "LIMIT", 0, 1, "WITHSCORES")
    heads = run_reachable([commands.command("ZRANGE", keys.due(tag), *first) for tag in keys.TAGS])
    waiting = [(_turns.get(tag, 0.0), head[0][1], tag) for tag, head in zip(keys.TAGS, heads, strict=True) if head]
    # Another reader may be quicker with the first.
    for _, _, tag in sorted(waiting):
        claimed = [keys.due(tag), keys.claims(tag)]
        member: bytes | None = write(commands.change(_CLAIM, claimed, now, lease_seconds, token))
        if member is not None:
            _turns[tag] = time.monotonic()
            email, _, name = member.decode().partition("\n")
            return Claim(email, name, token)
    return None


def forget(claim: Claim) -> None:
    """Takes what was claimed out of the queue: nobody has such a calendar any more."""
    tag = keys.find_tag(claim.email)
    member = _member(claim.email, claim.name)
    write(commands.change(_FORGET, [keys.due(tag), keys.claims(tag)], member, claim.token))


def _fetch(email: str, name: str = "") -> tuple[bytes, User, dict[str, Calendar]]:
    """The record, its user, and all calendars; what the reading of one needs is with that one alone."""
    asked = [
        commands.command("GET", keys.user(email)),
        commands.command("HGETALL", keys.calendars(email)),
        commands.command("HGET", keys.kept(email), name),
    ]
    record, stored, kept = run_all(asked)
    if record is None and old_layout.move([email]):
        record, stored, kept = run_all(asked)
    if record is None:
        raise UnknownUser.of(email)
    calendars = {each.decode(): text for each, text in sorted(stored.items())}
    return (
        record,
        decode(email, record),
        {each: Calendar.decode(text, kept if each == name else None) for each, text in calendars.items()},
    )


def _summarize(user: User, calendars: Mapping[str, Calendar]) -> dict[str, int | bool | None]:
    # The number makes another record of each change, also of one that leaves all else in it as it was.
    return summarize(list(calendars.values())) | {"change": (user.calendars.get("change") or 0) + 1}


def _member(email: str, name: str) -> str:
    return f"{email}\n{name}"
