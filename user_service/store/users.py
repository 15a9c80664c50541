"""Users in Redis: a record for each, and for each bucket an index of its emails in order.

Record and index change together in one script.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal, NamedTuple, Self

from django.conf import settings

from common.api.exceptions import Conflict, Problem, Unavailable
from common.domain.window import DAY, EPOCH, MINUTE
from user_service.busy_time import cut, unpack
from user_service.models import Sharing, User, decode, decode_availability
from user_service.store import keys, old_layout, tokens
from user_service.store.commands import Command, change, command
from user_service.store.connection import fetch_many, run, write, write_all

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
# Of who goes by another clock now all calendars that are read are due, and what is being read of them is for nobody.
_REPLACE_ZONE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
for _, name in ipairs(redis.call('HKEYS', KEYS[2])) do
    local member = ARGV[3] .. '\\n' .. name
    redis.call('ZADD', KEYS[3], 'XX', ARGV[4], member)
    redis.call('HDEL', KEYS[4], member)
end
return 1
"""
# With the calendars, and the list of tokens: who creates that email again inherits nothing.
_DELETE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
local tokens = redis.call('HVALS', KEYS[3])
redis.call('DEL', KEYS[1], KEYS[3], KEYS[4], KEYS[5])
redis.call('ZREM', KEYS[2], ARGV[2])
return tokens
"""


class Availability(NamedTuple):
    """When the user with this email is free, by the clock of their time zone.

    Week and dates are hexadecimal digits. Dates, and busy time in minutes since 1970, are those of what was asked for.
    """

    email: str
    timezone: str
    week: str
    has_week: bool
    sharing: Sharing | None
    overrides: Mapping[str, str]
    busy: Sequence[tuple[int, int]]
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
    old_layout.move([user.email])
    if not write(_create(user)):
        raise EmailTaken(f"There is already a user with the email {user.email}.")


def get(email: str) -> User:
    """The user with this email. Raises UnknownUser."""
    return decode(email, _fetch_record(email))


def replace(email: str, edit: Callable[[User], User]) -> User:
    """Stores what `edit` makes of the user, as one step: nothing that others write meanwhile is lost.

    Where the time zone is another then, all calendars that are read elsewhere are due.

    `edit` is called again when somebody else was quicker. What is no change is written all the same where replicas have
    to have it: it may be the repetition of one that they have not. Raises UnknownUser, and what `edit` raises.
    """
    for _ in range(ATTEMPTS):
        record = _fetch_record(email)
        before = decode(email, record)
        user = edit(before)
        if user == before and not settings.REDIS_REPLICAS:
            return user
        if write(_replace(record, before, user)):
            return user
    raise TooManyChanges


def delete(email: str, check: Callable[[User], object]) -> None:
    """Removes the user with all their tokens, unless `check` raises. Raises UnknownUser."""
    for _ in range(ATTEMPTS):
        record = _fetch_record(email)
        check(decode(email, record))
        index, calendars = keys.users(keys.find_tag(email)), (keys.calendars(email), keys.kept(email))
        listed = write(change(_DELETE, [keys.user(email), index, keys.tokens(email), *calendars], record, email))
        if listed is not None:
            tokens.forget(listed)
            return
    raise TooManyChanges


def upsert_many(edits: Mapping[str, Edit]) -> dict[str, Outcome]:
    """Stores what each edit makes of the user with this email, or of None: each user as one step, all in few trips.

    An edit is called again when somebody else was quicker. Says of each email what was done.
    """
    outcomes: dict[str, Outcome] = {}
    for _ in range(ATTEMPTS):
        emails = [email for email in edits if email not in outcomes]
        if not emails:
            return outcomes
        writes: list[tuple[Command, User, Outcome]] = []
        for email, record in zip(emails, _fetch_records(emails), strict=True):
            before = None if record is None else decode(email, record)
            user = edits[email](before)
            outcome = _outcome(before, user)
            if outcome == "unchanged" and not settings.REDIS_REPLICAS:
                outcomes[email] = outcome
            else:
                asked = _replace(record, before, user) if record and before else _create(user)
                writes.append((asked, user, outcome))
        done = write_all([asked for asked, _, _ in writes])
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


def fetch_availabilities(emails: Sequence[str], start: int = 0, end: int = 0) -> tuple[list[Availability], list[str]]:
    """The weeks of all these users, and which emails nobody has, in one round trip.

    Of what holds in their place only what may lie between two minutes since 1970 is kept, whatever the time zone: of
    thousands all of it may be gigabytes. Nothing if the first is not the earlier one.
    """
    first, last = (
        (EPOCH + minute * MINUTE + days * DAY).date().isoformat() for minute, days in ((start, -1), (end, 1))
    )
    is_told = start < end
    availabilities, unknown = [], []
    records = _fetch_records(emails)
    for place, email in enumerate(emails):
        record, records[place] = records[place], None
        if record is None:
            unknown.append(email)
            continue
        timezone, week, has_week, sharing, overrides, busy, calendars = decode_availability(record)
        days = {day: free for day, free in overrides.items() if first <= day <= last} if is_told else {}
        intervals = cut(unpack(busy), start, end) if is_told and busy else ()
        availabilities.append(Availability(email, timezone, week, has_week, sharing, days, intervals, calendars))
    return availabilities, unknown


def _create(user: User) -> Command:
    index = keys.users(keys.find_tag(user.email))
    return change(_CREATE, [keys.user(user.email), index], user.encode(), user.email)


def _replace(record: bytes, before: User, user: User) -> Command:
    if not before.calendars or before.timezone == user.timezone:
        return change(_REPLACE, [keys.user(user.email)], record, user.encode())
    tag = keys.find_tag(user.email)
    changed = [keys.user(user.email), keys.calendars(user.email), keys.due(tag), keys.claims(tag)]
    return change(_REPLACE_ZONE, changed, record, user.encode(), user.email, int(time.time()))


def _fetch_record(email: str) -> bytes:
    record: bytes | None = run(command("GET", keys.user(email)))
    if record is None and old_layout.move([email]):
        record = run(command("GET", keys.user(email)))
    if record is None:
        raise UnknownUser.of(email)
    return record


def _fetch_records(emails: Sequence[str]) -> list[bytes | None]:
    records = fetch_many(list(map(keys.user, emails)))
    missing = [email for email, record in zip(emails, records, strict=True) if record is None]
    if missing and old_layout.move(missing):
        records = fetch_many(list(map(keys.user, emails)))
    return records
