"""Users in Redis: a record for each, and an index of all emails in order.

Record and index change together in one script, and are read together in one, so no reader sees one without the other.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal, NamedTuple, Self, cast

from common.api.exceptions import Conflict, Problem, Unavailable
from user_service.models import Sharing, User, decode, decode_availability
from user_service.store import keys
from user_service.store.connection import connect

ATTEMPTS = 64

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
# With all tokens and calendars: who creates that email again inherits nothing.
_DELETE = f"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for _, digest in ipairs(redis.call('HVALS', KEYS[3])) do redis.call('DEL', '{keys.TOKEN}' .. digest) end
redis.call('DEL', KEYS[1], KEYS[3], KEYS[4])
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
    """When the user with this email is free, by the clock of their time zone.

    Week and dates are hexadecimal digits, and busy time is packed (see user_service.busy_time).
    """

    email: str
    timezone: str
    week: str
    has_week: bool
    sharing: Sharing | None
    overrides: Mapping[str, str]
    busy: str
    calendars: Mapping[str, Any]


class EmailTaken(Conflict):
    """Somebody with this email is stored already."""

    default_code = "email-taken"


class UnknownUser(Problem):
    """Nobody with this email is stored."""

    status_code = HTTPStatus.NOT_FOUND
    default_code = "unknown-user"

    @classmethod
    def of(cls, email: str) -> Self:
        """What is said of somebody who is not there."""
        return cls(f"There is no user with the email {email}.")


class TooManyChanges(Unavailable):
    """Others changed the same user again and again while we tried."""

    default_detail = "Too many changes of this user at once."


def _outcome(before: User | None, after: User) -> Outcome:
    if before is None:
        return "created"
    return "unchanged" if before == after else "updated"


def create(user: User) -> None:
    """Stores a new user. Raises EmailTaken."""
    with connect() as connection:
        create_once = connection.register_script(_CREATE)
        created = create_once(keys=[_key(user.email), keys.USERS], args=[user.encode(), user.email])
    if not created:
        raise EmailTaken(f"There is already a user with the email {user.email}.")


def get(email: str) -> User:
    """The user with this email. Raises UnknownUser."""
    return decode(email, _fetch_record(email))


def replace(email: str, edit: Callable[[User], User]) -> User:
    """Stores what `edit` makes of the user, as one step: nothing that others write meanwhile is lost.

    `edit` is called again when somebody else was quicker. Raises UnknownUser, and what `edit` raises.
    """
    for _ in range(ATTEMPTS):
        record = _fetch_record(email)
        before = decode(email, record)
        user = edit(before)
        if user == before:
            return user
        with connect() as connection:
            if connection.register_script(_REPLACE)(keys=[_key(email)], args=[record, user.encode()]):
                return user
    raise TooManyChanges


def delete(email: str, check: Callable[[User], object]) -> None:
    """Removes the user with all their tokens, unless `check` raises. Raises UnknownUser."""
    for _ in range(ATTEMPTS):
        record = _fetch_record(email)
        check(decode(email, record))
        with connect() as connection:
            if connection.register_script(_DELETE)(
                keys=[_key(email), keys.USERS, keys.TOKENS + email, keys.CALENDARS + email], args=[record, email]
            ):
                return
    raise TooManyChanges


def fetch_page(after: str, limit: int) -> list[User]:
    """At most `limit` users in the order of their emails, from the first that follows `after`. Costs O(page)."""
    start = f"({after}" if after else "-"
    with connect() as connection:
        pairs = connection.register_script(_PAGE)(keys=[keys.USERS], args=[start, limit, keys.USER])
    return [decode(email.decode(), record) for email, record in zip(pairs[::2], pairs[1::2], strict=True)]


def count() -> int:
    """How many users there are."""
    with connect() as connection:
        return connection.zcard(keys.USERS)


def upsert_many(edits: Mapping[str, Edit]) -> dict[str, Outcome]:
    """Stores what each edit makes of the user with this email, or of None: each user as one step, all in few trips.

    An edit is called again when somebody else was quicker. Says of each email what was done.
    """
    outcomes: dict[str, Outcome] = {}
    for _ in range(ATTEMPTS):
        emails = [email for email in edits if email not in outcomes]
        if not emails:
            return outcomes
        writes: list[tuple[bytes | None, User, Outcome]] = []
        for email, record in zip(emails, _fetch_records(emails), strict=True):
            before = None if record is None else decode(email, record)
            user = edits[email](before)
            outcome = _outcome(before, user)
            if outcome == "unchanged":
                outcomes[email] = outcome
            else:
                writes.append((record, user, outcome))
        with connect() as connection, connection.pipeline(transaction=False) as pipeline:
            create_once, replace_same = map(connection.register_script, (_CREATE, _REPLACE))
            for record, user, _ in writes:
                if record is None:
                    create_once(keys=[_key(user.email), keys.USERS], args=[user.encode(), user.email], client=pipeline)
                else:
                    replace_same(keys=[_key(user.email)], args=[record, user.encode()], client=pipeline)
            done = pipeline.execute()
        outcomes |= {user.email: outcome for (_, user, outcome), success in zip(writes, done, strict=True) if success}
    raise TooManyChanges


def preview_upsert(edits: Mapping[str, Edit], previewed: dict[str, User]) -> dict[str, Outcome]:
    """What `upsert_many` would say of each email. Changes nothing.

    `previewed` holds the users whom earlier previews would have stored, and is told of those whom this one would.
    """
    outcomes: dict[str, Outcome] = {}
    for (email, edit), record in zip(edits.items(), _fetch_records(list(edits)), strict=True):
        before = previewed.get(email) or (None if record is None else decode(email, record))
        user = edit(before)
        outcomes[email] = _outcome(before, user)
        if user != before:
            previewed[email] = user
    return outcomes


def fetch_availabilities(emails: Sequence[str]) -> tuple[list[Availability], list[str]]:
    """The weeks of all these users, and which emails nobody has, in one round trip."""
    availabilities, unknown = [], []
    for email, record in zip(emails, _fetch_records(emails), strict=True):
        if record is None:
            unknown.append(email)
        else:
            availabilities.append(Availability(email, *decode_availability(record)))
    return availabilities, unknown


def _key(email: str) -> str:
    return keys.USER + email


def _fetch_record(email: str) -> bytes:
    with connect() as connection:
        record = cast("bytes | None", connection.get(_key(email)))
    if record is None:
        raise UnknownUser.of(email)
    return record


def _fetch_records(emails: Sequence[str]) -> list[bytes | None]:
    if not emails:
        return []
    with connect() as connection:
        return cast("list[bytes | None]", connection.mget(map(_key, emails)))
