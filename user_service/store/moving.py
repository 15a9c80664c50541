"""All that is stored, copied to another Redis while services go on with this one; at the end nothing changes here.

What lasts for minutes alone is left behind: who called how often, and logins under way at a provider.
"""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings

from common.api.exceptions import Conflict
from user_service.busy_time import Calendar
from user_service.store import keys
from user_service.store.commands import Command, command, script
from user_service.store.connection import DEFAULT, run, run_all, scan, write_all

TARGET = "target"  # the connection to the other Redis
PAGE = 500  # users in one trip
_TOKENS = "token*"  # all of keys.token and keys.tokens

_ENDED = "Another migrate_store has taken over, and this one has stopped."

# Who was frozen while another mover finished must not put what is old over what is in use.
_IF_MOVER = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end"
# A user with their calendars, in place of all that was there of them.
_PUT = f"""
{_IF_MOVER}
for _, name in ipairs(redis.call('HKEYS', KEYS[4])) do redis.call('ZREM', KEYS[5], ARGV[2] .. '\\n' .. name) end
redis.call('DEL', KEYS[4], KEYS[6])
redis.call('SET', KEYS[2], ARGV[3])
redis.call('ZADD', KEYS[3], 0, ARGV[2])
for place = 4, #ARGV, 4 do
    redis.call('HSET', KEYS[4], ARGV[place], ARGV[place + 1])
    if ARGV[place + 2] ~= '' then redis.call('HSET', KEYS[6], ARGV[place], ARGV[place + 2]) end
    if ARGV[place + 3] ~= '' then redis.call('ZADD', KEYS[5], ARGV[place + 3], ARGV[2] .. '\\n' .. ARGV[place]) end
end
return 1
"""
_REMOVE = f"""
{_IF_MOVER}
for _, name in ipairs(redis.call('HKEYS', KEYS[4])) do redis.call('ZREM', KEYS[5], ARGV[2] .. '\\n' .. name) end
redis.call('DEL', KEYS[2], KEYS[4], KEYS[6])
redis.call('ZREM', KEYS[3], ARGV[2])
return 1
"""
_END = f"""
{_IF_MOVER}
return redis.call('DEL', KEYS[1])
"""
_PUT_HASH = """
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
"""


class BadTarget(Conflict):
    """The other Redis is not one to which all can be copied."""

    default_code = "bad-target"


def begin() -> str:
    """Marks the other Redis as one that is being filled. Returns the mover: who began before has to stop.

    Raises BadTarget, and Unavailable.
    """
    is_begun = any(run_all([command("EXISTS", keys.mover(tag)) for tag in keys.TAGS], TARGET))
    if is_closed() and not is_begun:
        raise BadTarget("All has been moved to another Redis already.")
    if not is_begun and any(_count_users(TARGET)):
        raise BadTarget("The other Redis holds users already.")
    mover = secrets.token_hex(8)
    write_all([command("SET", keys.mover(tag), mover) for tag in keys.TAGS], TARGET)
    if run(command("GET", keys.mover(keys.TAGS[0]))) == mover.encode():
        end(mover)
        raise BadTarget("The other Redis is the one that is in use.")
    return mover


def copy_all(mover: str) -> Iterator[int]:
    """Makes the other Redis hold what this one holds: of how many users each time.

    Raises Unavailable, and BadTarget when another mover has begun: the other Redis may be in use by now.
    """
    for tag in keys.TAGS:
        yield from _copy_bucket(tag, mover)
        _remove_strangers(tag, mover)
    _copy_tokens(mover)


def close() -> None:
    """From here on nobody can change what is stored here. Raises Unavailable."""
    write_all([command("SET", keys.closed(tag), 1) for tag in keys.TAGS])
    # A change of several steps, the first of which was made before, has made its last by then.
    time.sleep(settings.REDIS_SECONDS)


def is_closed() -> bool:
    """Whether nothing of what is stored here can be changed any more. Raises Unavailable."""
    return all(run_all([command("EXISTS", keys.closed(tag)) for tag in keys.TAGS]))


def reopen() -> None:
    """What is stored here can be changed again. Raises Unavailable."""
    write_all([command("DEL", keys.closed(tag)) for tag in keys.TAGS])


def end(mover: str) -> None:
    """The other Redis holds all. Raises BadTarget when another mover has begun, and Unavailable."""
    _write_there([script(_END, [keys.mover(tag)], mover) for tag in keys.TAGS])


def _write_there(changes: Sequence[Command]) -> None:
    if not all(write_all(changes, TARGET)):
        raise BadTarget(_ENDED)


def _count_users(alias: str) -> list[int]:
    return run_all([command("ZCARD", keys.users(tag)) for tag in keys.TAGS], alias)


def _copy_bucket(tag: str, mover: str) -> Iterator[int]:
    for emails in _pages(tag, DEFAULT):
        fetched = [command("MGET", *map(keys.user, emails))]
        (ours,), (theirs,) = run_all(fetched), run_all(fetched, TARGET)
        # Each change of a calendar is one of the record, too.
        changed = [
            (email, record)
            for email, record, there in zip(emails, ours, theirs, strict=True)
            if record is not None and record != there
        ]
        counted = run_all([command("HLEN", keys.calendars(email)) for email, _ in changed])
        counts = dict(zip(changed, counted, strict=True))
        _write_there([_put(mover, *each, {}, {}) for each in changed if not counts[each]])
        # Of a user alone they may be many megabytes.
        for email, record in filter(counts.get, changed):
            stored = [command("HGETALL", key) for key in (keys.calendars(email), keys.kept(email))]
            _write_there([_put(mover, email, record, *run_all(stored))])
        yield len(emails)


def _put(
    mover: str, email: str, record: bytes, calendars: Mapping[bytes, bytes], kept: Mapping[bytes, bytes]
) -> Command:
    values: list[bytes | str | int] = []
    for name, text in calendars.items():
        due = Calendar.decode(text).next_read
        values += [name, text, kept.get(name, ""), "" if due is None else due * 60]
    return script(_PUT, _owned(email), mover, email, record, *values)


def _remove_strangers(tag: str, mover: str) -> None:
    """Who is there from an earlier time, and has been deleted here since."""
    for emails in _pages(tag, TARGET):
        (records,) = run_all([command("MGET", *map(keys.user, emails))])
        gone = [email for email, record in zip(emails, records, strict=True) if record is None]
        _write_there([script(_REMOVE, _owned(email), mover, email) for email in gone])


def _copy_tokens(mover: str) -> None:
    for names in scan(_TOKENS):
        hashes = run_all([command("HGETALL", name) for name in names])
        lives = run_all([command("PTTL", name) for name in names])
        puts = [
            script(_PUT_HASH, [name], life, *(part for pair in found.items() for part in pair))
            for name, found, life in zip(names, hashes, lives, strict=True)
            if found and life > 0
        ]
        _check_mover(mover)
        write_all(puts, TARGET)
    for names in scan(_TOKENS, TARGET):
        are_here = run_all([command("EXISTS", name) for name in names])
        gone = [name for name, is_here in zip(names, are_here, strict=True) if not is_here]
        _check_mover(mover)
        write_all([command("DEL", name) for name in gone], TARGET)


def _check_mover(mover: str) -> None:
    """Raises BadTarget when another has begun. A token lies in no bucket, so that it cannot be asked in one step."""
    if run(command("GET", keys.mover(keys.TAGS[0])), TARGET) != mover.encode():
        raise BadTarget(_ENDED)


def _pages(tag: str, alias: str) -> Iterator[list[str]]:
    start = "-"
    while found := run(command("ZRANGE", keys.users(tag), start, "+", "BYLEX", "LIMIT", 0, PAGE), alias):
        emails = [email.decode() for email in found]
        yield emails
        start = f"({emails[-1]}"


def _owned(email: str) -> Sequence[str]:
    tag = keys.find_tag(email)
    owned = [keys.user(email), keys.users(tag), keys.calendars(email), keys.due(tag), keys.kept(email)]
    return [keys.mover(tag), *owned]
