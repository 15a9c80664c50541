"""What was stored before users lay in buckets, on one server: it is moved when somebody needs it.

All of it is moved by `manage.py migrate_store`. There were `user:`, `tokens:` and `calendars:`, each with an email
behind it, `users` for all emails, `calendars` for all that are read, and `calendar-claims` for their readers.
"""

import re
import time
from collections.abc import Iterator, Sequence
from typing import ClassVar

from django.conf import settings

from common.conf.redis_address import CLUSTER
from user_service.store import keys
from user_service.store.commands import Command, change, command
from user_service.store.connection import HEALTH, run, scan, write_all

_USERS, _DUE, _TOKENS = "users", "calendars", "tokens:"
_IN_BUCKET = re.compile(r"tokens:\{\d\d\}:")
LOOK_SECONDS = 10.0
PAGE = 500  # emails that are moved in one trip

# One email with all that belongs to it. What is in its new place already is the newer one.
_MOVE = """
local email = ARGV[1]
local function move(old, new)
    if redis.call('EXISTS', old) == 0 then return end
    if redis.call('EXISTS', new) == 1 then redis.call('DEL', old) else redis.call('RENAME', old, new) end
end
move('user:' .. email, KEYS[1])
move('calendars:' .. email, KEYS[3])
if redis.call('ZREM', 'users', email) == 1 then redis.call('ZADD', KEYS[2], 0, email) end
for _, name in ipairs(redis.call('HKEYS', KEYS[3])) do
    local member = email .. '\\n' .. name
    local due = redis.call('ZSCORE', 'calendars', member)
    if due then redis.call('ZADD', KEYS[4], due, member) end
    redis.call('ZREM', 'calendars', member)
    redis.call('HDEL', 'calendar-claims', member)
end
local tokens = redis.call('HGETALL', 'tokens:' .. email)
for place = 1, #tokens, 2 do
    local ends = redis.call('HGET', 'token:' .. tokens[place + 1], 'expires_at')
    if ends then
        redis.call('HSET', KEYS[5], tokens[place], tokens[place + 1] .. ' ' .. ends)
        local seconds = redis.call('TTL', 'token:' .. tokens[place + 1])
        if redis.call('TTL', KEYS[5]) < seconds then redis.call('EXPIRE', KEYS[5], seconds) end
    end
end
redis.call('DEL', 'tokens:' .. email)
return 1
"""


class _Look:
    """When it was last seen that nothing of it is there: it never comes back."""

    seconds: ClassVar[float] = -LOOK_SECONDS


def is_there() -> bool:
    """Whether anybody is stored so. It is asked of Redis again some time after nobody was. Raises Unavailable."""
    if time.monotonic() - _Look.seconds < LOOK_SECONDS:
        return False
    found = settings.REDIS.kind != CLUSTER and bool(run(command("EXISTS", _USERS), HEALTH))
    if not found:
        _Look.seconds = time.monotonic()
    return found


def name_layout() -> str:
    """How users are stored: in buckets, or some of them still as before. Raises Unavailable."""
    return "old, to be moved by migrate_store" if is_there() else "buckets"


def look_again() -> None:
    """Has the next call ask Redis."""
    _Look.seconds = -LOOK_SECONDS


def move(emails: Sequence[str]) -> bool:
    """Moves all of these that are stored so, each in one step. Whether there was anything to look for."""
    if not is_there():
        return False
    write_all([_move(email) for email in emails])
    return True


def move_page(after: str, limit: int) -> list[str]:
    """Moves the first emails that follow `after`. Returns them."""
    if not is_there():
        return []
    start = f"({after}" if after else "-"
    emails = [email.decode() for email in run(command("ZRANGE", _USERS, start, "+", "BYLEX", "LIMIT", 0, limit))]
    move(emails)
    return emails


def move_due(now: int) -> None:
    """Moves the user whose calendar is due the longest, if one is: `now` is in seconds since 1970."""
    if is_there():
        members = run(command("ZRANGE", _DUE, "-inf", now, "BYSCORE", "LIMIT", 0, 1))
        move([member.decode().partition("\n")[0] for member in members])


def count() -> int:
    """How many users are stored so."""
    return run(command("ZCARD", _USERS)) if is_there() else 0


def move_all() -> Iterator[int]:
    """Moves all there is, some at a time: how many emails each time. Raises Unavailable."""
    look_again()
    while emails := move_page("", PAGE):
        yield len(emails)
    if settings.REDIS.kind == CLUSTER:
        return
    # Whom a provider vouches for need not be stored: such an email has tokens alone.
    for keys_found in scan(f"{_TOKENS}*"):
        emails = [key.removeprefix(_TOKENS) for key in keys_found if not _IN_BUCKET.match(key)]
        write_all([_move(email) for email in emails])
        yield len(emails)


def _move(email: str) -> Command:
    tag = keys.find_tag(email)
    places = [keys.user(email), keys.users(tag), keys.calendars(email), keys.due(tag), keys.tokens(email)]
    return change(_MOVE, places, email)
