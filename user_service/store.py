"""What is kept in Redis: a record for each user, and an index of all emails in order.

Record and index change together in one script, and are read together in one, so no reader sees one without the other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Literal, NamedTuple, cast

import django_redis
import redis

from common.api.exceptions import Conflict, Problem, Unavailable
from common.observability import metrics
from user_service.models import User, decode, decode_availability

_NAME = "redis"
_RECORD = "user:"
_INDEX = "users"
_ATTEMPTS = 64

Outcome = Literal["created", "updated", "unchanged"]
Edit = Callable[["User | None"], User]

_CREATE = """
if not redis.call('SET', KEYS[1], ARGV[1], 'NX') then return 0 end
redis.call('ZADD', KEYS[2], 0, ARGV[2])
return 1
"""
_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""
_DELETE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
"""
_PAGE = """
local users = {}
for _, email in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])) do
    table.insert(users, email)
    table.insert(users, redis.call('GET', ARGV[3] .. email))
end
return users
"""


class Availability(NamedTuple):
    """When the user with this email is free, by the clock of their time zone."""

    email: str
    timezone: str
    week: int


class EmailTaken(Conflict):
    """Somebody with this email is stored already."""

    default_code = "email-taken"


class UnknownUser(Problem):
    """Nobody with this email is stored."""

    status_code = HTTPStatus.NOT_FOUND
    default_code = "unknown-user"


class TooManyChanges(Unavailable):
    """Others changed the same user again and again while we tried."""

    default_detail = "Too many changes of this user at once."


@contextmanager
def _connect(alias: str = "default") -> Iterator[redis.Redis]:
    """A connection to Redis, on which a RedisError becomes Unavailable."""
    with metrics.Downstream(_NAME):
        try:
            yield django_redis.get_redis_connection(alias)
        except redis.exceptions.OutOfMemoryError:
            raise Unavailable("Redis is full: nothing more can be stored.") from None
        except redis.exceptions.TimeoutError:
            raise Unavailable("Redis does not answer in time.") from None
        except redis.RedisError:
            raise Unavailable("Redis cannot be reached.") from None


class _Change(NamedTuple):
    """A user before and after an edit, and the record as it was before."""

    record: bytes | None
    before: User | None
    after: User

    @property
    def outcome(self) -> Outcome:
        if self.before is None:
            return "created"
        return "unchanged" if self.before == self.after else "updated"


def create(user: User) -> None:
    """Stores a new user. Raises EmailTaken."""
    with _connect() as connection:
        created = connection.register_script(_CREATE)(keys=[_key(user.email), _INDEX], args=[user.encode(), user.email])
    if not created:
        raise EmailTaken(f"There is already a user with the email {user.email}.")


def get(email: str) -> User:
    """The user with this email. Raises UnknownUser."""
    return decode(email, _fetch_record(email))


def replace(email: str, edit: Callable[[User], User]) -> User:
    """Stores what `edit` makes of the user, as one step: nothing that others write meanwhile is lost.

    `edit` is called again when somebody else was quicker. Raises UnknownUser, and what `edit` raises.
    """
    for _ in range(_ATTEMPTS):
        record = _fetch_record(email)
        before = decode(email, record)
        user = edit(before)
        if user == before:
            return user
        with _connect() as connection:
            if connection.register_script(_REPLACE)(keys=[_key(email)], args=[record, user.encode()]):
                return user
    raise TooManyChanges


def delete(email: str, check: Callable[[User], object]) -> None:
    """Removes the user, unless `check` raises. Raises UnknownUser."""
    for _ in range(_ATTEMPTS):
        record = _fetch_record(email)
        check(decode(email, record))
        with _connect() as connection:
            if connection.register_script(_DELETE)(keys=[_key(email), _INDEX], args=[record, email]):
                return
    raise TooManyChanges


def fetch_page(after: str, limit: int) -> list[User]:
    """At most `limit` users in the order of their emails, from the first that follows `after`. Costs O(page)."""
    start = f"({after}" if after else "-"
    with _connect() as connection:
        pairs = connection.register_script(_PAGE)(keys=[_INDEX], args=[start, limit, _RECORD])
    return [decode(email.decode(), record) for email, record in zip(pairs[::2], pairs[1::2], strict=True)]


def count() -> int:
    """How many users there are."""
    with _connect() as connection:
        return connection.zcard(_INDEX)


def upsert_many(edits: Mapping[str, Edit]) -> dict[str, Outcome]:
    """Stores what each edit makes of the user with this email, or of None: each user as one step, all in few trips.

    An edit is called again when somebody else was quicker. Says of each email what was done.
    """
    outcomes: dict[str, Outcome] = {}
    for _ in range(_ATTEMPTS):
        changes = _edit_many({email: edit for email, edit in edits.items() if email not in outcomes})
        if not changes:
            return outcomes
        outcomes |= _write_many(changes)
    raise TooManyChanges


def preview_upsert(edits: Mapping[str, Edit]) -> dict[str, Outcome]:
    """What `upsert_many` would say of each email. Changes nothing."""
    return {change.after.email: change.outcome for change in _edit_many(edits)}


def _edit_many(edits: Mapping[str, Edit]) -> list[_Change]:
    changes = []
    for (email, edit), record in zip(edits.items(), _fetch_records(list(edits)), strict=True):
        before = None if record is None else decode(email, record)
        changes.append(_Change(record, before, edit(before)))
    return changes


def _write_many(changes: list[_Change]) -> dict[str, Outcome]:
    """What was done; of whoever somebody else was quicker with, nothing."""
    to_write = [change for change in changes if change.outcome != "unchanged"]
    with _connect() as connection, connection.pipeline(transaction=False) as pipeline:
        create_once, replace_same = map(connection.register_script, (_CREATE, _REPLACE))
        for record, _, user in to_write:
            if record is None:
                create_once(keys=[_key(user.email), _INDEX], args=[user.encode(), user.email], client=pipeline)
            else:
                replace_same(keys=[_key(user.email)], args=[record, user.encode()], client=pipeline)
        written = dict(zip((change.after.email for change in to_write), pipeline.execute(), strict=True))
    return {change.after.email: change.outcome for change in changes if written.get(change.after.email, True)}


def fetch_availabilities(emails: Sequence[str]) -> tuple[list[Availability], list[str]]:
    """The weeks of all these users, and which emails nobody has, in one round trip."""
    availabilities, unknown = [], []
    for email, record in zip(emails, _fetch_records(emails), strict=True):
        if record is None:
            unknown.append(email)
        else:
            availabilities.append(Availability(email, *decode_availability(record)))
    return availabilities, unknown


class RedisCheck:
    """Health of Redis."""

    name = _NAME

    def run(self) -> dict[str, Any]:
        """Nothing to add. Raises Unavailable."""
        with _connect("health") as connection:
            connection.ping()
        return {}


health = RedisCheck()


def _key(email: str) -> str:
    return _RECORD + email


def _fetch_record(email: str) -> bytes:
    with _connect() as connection:
        record = cast("bytes | None", connection.get(_key(email)))
    if record is None:
        raise UnknownUser(f"There is no user with the email {email}.")
    return record


def _fetch_records(emails: Sequence[str]) -> list[bytes | None]:
    if not emails:
        return []
    with _connect() as connection:
        return cast("list[bytes | None]", connection.mget(map(_key, emails)))
