"""Tokens in Redis: a hash for each under its digest, and for each email the digests of its tokens.

To look up a caller, and to count the call, takes one trip.
"""

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple, Self

from common.api.exceptions import Conflict, Problem
from user_service.models import User, decode
from user_service.store import keys
from user_service.store.connection import connect

MAX_TOKENS = 100  # of one email

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
_LOOK_UP = f"""{_TAKE_TURN}
local email, parent, used = unpack(redis.call('HMGET', KEYS[1], 'email', 'parent', 'used_at'))
if not email or (parent ~= '' and redis.call('EXISTS', '{keys.TOKEN}' .. parent) == 0) then return false end
local minute = math.floor(milliseconds() / 60000) * 60
if tonumber(used) < minute then redis.call('HSET', KEYS[1], 'used_at', minute) end
local wait = take_turn('{keys.RATE}' .. email, ARGV[1])
return {{redis.call('HGETALL', KEYS[1]), redis.call('GET', '{keys.USER}' .. email), wait}}
"""
_CREATE = f"""
local index = redis.call('HGETALL', KEYS[2])
for place = 1, #index, 2 do
    if redis.call('EXISTS', '{keys.TOKEN}' .. index[place + 1]) == 0 then redis.call('HDEL', KEYS[2], index[place]) end
end
if redis.call('HLEN', KEYS[2]) >= {MAX_TOKENS} then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
if redis.call('TTL', KEYS[2]) < tonumber(ARGV[3]) then redis.call('EXPIRE', KEYS[2], ARGV[3]) end
return 1
"""
_REVOKE = f"""
local digest = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1])
return digest and redis.call('DEL', '{keys.TOKEN}' .. digest) or 0
"""
_LIST = f"""
local tokens = {{}}
for _, digest in ipairs(redis.call('HVALS', KEYS[1])) do
    table.insert(tokens, redis.call('HGETALL', '{keys.TOKEN}' .. digest))
end
return tokens
"""


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
    def decode(cls, pairs: list[bytes]) -> Self:
        """The token of a hash, given as its fields and values in turn. What a later version added is passed over."""
        stored = {name.decode(): value.decode() for name, value in zip(pairs[::2], pairs[1::2], strict=True)}
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
    """The token with this digest, if there is one. The call is counted, unless the caller has to wait."""
    with connect() as connection:
        found = connection.register_script(_LOOK_UP)(keys=[keys.TOKEN + digest], args=[calls_per_minute])
    if found is None:
        return None
    pairs, record, wait = found
    token = Token.decode(pairs)
    return Found(token, decode(token.email, record) if record else None, wait)


def count_call(caller: str, calls_per_minute: int) -> int:
    """Counts a call of somebody without a token of ours. 0, or for how many milliseconds they have to wait."""
    with connect() as connection:
        return int(connection.register_script(_COUNT)(keys=[keys.RATE + caller], args=[calls_per_minute]))


def create(token: Token, digest: str) -> None:
    """Stores a new token. Raises TooManyTokens."""
    seconds = int((token.expires_at - token.created_at).total_seconds())
    values = [part for pair in token.encode().items() for part in pair]
    with connect() as connection:
        created = connection.register_script(_CREATE)(
            keys=[keys.TOKEN + digest, keys.TOKENS + token.email], args=[token.id, digest, seconds, *values]
        )
    if not created:
        raise TooManyTokens


def fetch_all(email: str) -> list[Token]:
    """All tokens that were made for an email and are not over, the oldest first."""
    with connect() as connection:
        hashes = connection.register_script(_LIST)(keys=[keys.TOKENS + email])
    return sorted((Token.decode(pairs) for pairs in hashes if pairs), key=lambda token: (token.created_at, token.id))


def revoke(email: str, token_id: str) -> None:
    """Ends a token of somebody. Raises UnknownToken."""
    with connect() as connection:
        revoked = connection.register_script(_REVOKE)(keys=[keys.TOKENS + email], args=[token_id])
    if not revoked:
        raise UnknownToken(f"There is no token {token_id} of {email}.")
