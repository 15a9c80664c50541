"""Tokens in Redis: a hash for each under its digest, and for each email the digests of its tokens.

A token counts only while it is listed for its email, in the slot of that user: so it ends with the user in one step,
wherever it lies. And it counts only while the user has the id for whom it was made.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple, Self

from common.api.exceptions import Conflict, Problem
from user_service.models import User, decode
from user_service.store import keys, old_layout
from user_service.store.commands import change, command, script
from user_service.store.connection import run, run_all, write, write_all

MAX_TOKENS = 100  # of one email
REVOKED_SECONDS = 3600

# How many milliseconds a caller has to wait for their turn: 0, and the call is counted, if none. This is the generic
# cell rate algorithm (ITU-T I.371) by Redis' own clock: however many call at once, no more than the limit pass.
_TAKE_TURN = """
local function milliseconds()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function take_turn(key, calls_per_minute)
    local now, interval = milliseconds(), 60000 / calls_per_minute
    local due = math.max(tonumber(redis.call('GET', key) or 0), now) + interval
    if due > now + 60000 then return math.ceil(due - now - 60000) end
    redis.call('SET', key, string.format('%.3f', due), 'PX', math.ceil(due - now))
    return 0
end
"""
_COUNT = f"{_TAKE_TURN} return take_turn(KEYS[1], ARGV[1])"
# To note each use would make a write of each read: it is noted once a minute.
_NOTE_USE = "return redis.call('HEXISTS', KEYS[1], 'email') == 1 and redis.call('HSET', KEYS[1], 'used_at', ARGV[1])"
# Beside each digest stands when the token is over: those that are give way.
_LIST = """
local index = redis.call('HGETALL', KEYS[1])
for place = 1, #index, 2 do
    if tonumber(string.match(index[place + 1], '%d+$')) <= tonumber(ARGV[1]) then
        redis.call('HDEL', KEYS[1], index[place])
    end
end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
if redis.call('TTL', KEYS[1]) < tonumber(ARGV[5]) then redis.call('EXPIRE', KEYS[1], ARGV[5]) end
return 1
"""
_CREATE = """
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""
# What it leaves behind for a while makes a write of it also when it is repeated, which replicas can acknowledge.
_REVOKE = f"""
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'revoked', 1)
return redis.call('EXPIRE', KEYS[1], {REVOKED_SECONDS})
"""
_FIND = "return redis.call('HGET', KEYS[1], ARGV[1])"
_UNLIST = "return redis.call('HDEL', KEYS[1], ARGV[1])"


class TooManyTokens(Conflict):
    """Somebody has as many tokens as they may have."""

    default_code = "too-many-tokens"
    default_detail = f"There are {MAX_TOKENS} tokens and sessions already. Revoke one that is not needed."


class UnknownToken(Problem):
    """Nobody has this token."""

    status_code = HTTPStatus.NOT_FOUND
    default_code = "unknown-token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a token stands for. It was made for the user with this id: for nobody who has the email later.

    `hint` are its last characters. A session of a browser has a `parent`, the digest of the token with which it was
    begun and with which it ends, or `is_vouched_for`: a provider has checked the email, so that it needs no user.
    """

    id: str
    email: str
    user_id: str
    scopes: tuple[str, ...]
    name: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    hint: str = ""
    parent: str = ""
    is_session: bool = False
    is_vouched_for: bool = False

    def encode(self) -> dict[str, str]:
        """The fields of the hash."""
        values: dict[str, Any] = asdict(self) | {"scopes": " ".join(self.scopes)}
        times = {name: f"{value.timestamp():.0f}" for name, value in values.items() if isinstance(value, datetime)}
        flags = {name: str(int(value)) for name, value in values.items() if isinstance(value, bool)}
        return values | times | flags | ({} if self.used_at else {"used_at": "0"})

    @classmethod
    def decode(cls, pairs: Mapping[bytes, bytes]) -> Self:
        """The token of a hash. What a later version added is passed over."""
        stored = {name.decode(): value.decode() for name, value in pairs.items()}
        values: dict[str, Any] = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        times = {name: datetime.fromtimestamp(int(values[name]), UTC) for name in ("created_at", "expires_at")}
        used = int(values["used_at"])
        more = {
            "scopes": tuple(values["scopes"].split()),
            "used_at": datetime.fromtimestamp(used, UTC) if used else None,
            "is_session": values["is_session"] == "1",
            "is_vouched_for": values["is_vouched_for"] == "1",
        }
        return cls(**values | times | more)


class Found(NamedTuple):
    """A token that was looked up, the user who has its email, and for how many milliseconds to wait."""

    token: Token
    user: User | None
    wait: int


def look_up(digest: str, calls_per_minute: int) -> Found | None:
    """The token with this digest, if there is one. The call is counted, unless the caller has to wait. Two trips."""
    pairs = run(command("HGETALL", keys.token(digest)))
    if b"email" not in pairs:
        return None
    token = Token.decode(pairs)
    asked = [
        command("GET", keys.user(token.email)),
        command("HEXISTS", keys.tokens(token.email), token.id),
        script(_COUNT, [keys.rate(token.email)], calls_per_minute),
        # A session ends with the token with which it was begun.
        command("HEXISTS", keys.token(token.parent or digest), "email"),
    ]
    minute = int(time.time()) // 60 * 60
    if token.used_at is None or token.used_at.timestamp() < minute:
        asked.append(script(_NOTE_USE, [keys.token(digest)], minute))
    record, is_listed, wait, is_valid, *_ = run_all(asked)
    if not (record and is_listed) and old_layout.move([token.email]):
        record, is_listed = run_all(asked[:2])
    if not (is_listed and is_valid):
        return None
    return Found(token, decode(token.email, record) if record else None, wait)


def count_call(caller: str, calls_per_minute: int) -> int:
    """Counts a call of somebody without a token of ours. 0, or for how many milliseconds they have to wait."""
    return int(run(script(_COUNT, [keys.rate(caller)], calls_per_minute)))


def create(token: Token, digest: str) -> None:
    """Stores a new token. Raises TooManyTokens."""
    old_layout.move([token.email])
    now, end = token.created_at.timestamp(), token.expires_at.timestamp()
    seconds = int(end - now)
    entry = f"{digest} {end:.0f}"
    # It is listed first: one that is not could not be revoked.
    if not write(change(_LIST, [keys.tokens(token.email)], now, MAX_TOKENS, token.id, entry, seconds)):
        raise TooManyTokens
    values = [part for pair in token.encode().items() for part in pair]
    write(script(_CREATE, [keys.token(digest)], seconds, *values))


def fetch_all(email: str) -> list[Token]:
    """All tokens that were made for an email and are not over, the oldest first."""
    old_layout.move([email])
    entries = run(command("HVALS", keys.tokens(email)))
    hashes = run_all([command("HGETALL", keys.token(_read_digest(entry))) for entry in entries])
    return sorted(
        (Token.decode(pairs) for pairs in hashes if b"email" in pairs), key=lambda token: (token.created_at, token.id)
    )


def revoke(email: str, token_id: str) -> None:
    """Ends a token of somebody. Raises UnknownToken."""
    old_layout.move([email])
    entry = write(change(_FIND, [keys.tokens(email)], token_id))
    if entry is None:
        raise UnknownToken(f"There is no token {token_id} of {email}.")
    write(script(_REVOKE, [keys.token(_read_digest(entry))]))
    write(change(_UNLIST, [keys.tokens(email)], token_id))


def forget(entries: Sequence[bytes]) -> None:
    """Removes tokens that were listed for a user who is no longer there."""
    write_all([command("DEL", keys.token(_read_digest(entry))) for entry in entries])


def _read_digest(entry: bytes) -> str:
    """Of what is listed of a token."""
    return entry.decode().partition(" ")[0]
