"""A user, the record under which one is stored, and the versions of a user (entity tags)."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from common.domain import timezones, week
from common.domain.week import NEVER
from common.domain.window import EPOCH

_OLD_WEEK_BYTES = week.SLOTS // 8
_NOTHING: dict[str, Any] = {}
_APART = ("week", "has_week", "id", "sharing", "overrides", "busy", "calendars")


EVERYONE, LIST, NOBODY = "everyone", "list", "nobody"
RULES = (EVERYONE, LIST, NOBODY)


class Sharing(NamedTuple):
    """Who may ask when somebody is free: everyone who calls, those on the list of emails, or nobody."""

    rule: str
    people: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The rule, and the list, which is kept whatever the rule is."""
        return {"rule": self.rule, "people": list(self.people)}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with a week, by the clock of a time zone.

    `has_week` says whether they have ever said when they are free. The `id` is theirs alone: who creates the same email
    later has another. Without `sharing` the setting SHARING holds. `overrides` are the quarters that are free on dates
    that differ from the week; `busy` is packed, and `calendars` says how well it is known (see busy_time.py).
    A record that was stored before there was a field has that field's default.
    """

    email: str
    name: str
    created_at: datetime
    updated_at: datetime
    timezone: str = timezones.DEFAULT
    week: int = NEVER
    has_week: bool = False
    id: str = ""
    sharing: Sharing | None = None
    overrides: Mapping[date, int] = field(default_factory=dict)
    busy: str = ""
    calendars: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The fields but the id as JSON has them: the week as digits, times in RFC 3339 and UTC."""
        sharing = {"sharing": self.sharing.to_json()} if self.sharing else {}
        times = {"created_at": _format_time(self.created_at), "updated_at": _format_time(self.updated_at)}
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _APART}
        overrides = {day.isoformat(): week.day_to_hex(free) for day, free in sorted(self.overrides.items())}
        said = {"week": _write_week(self.week)} if self.has_week else {}
        return values | said | times | sharing | ({"overrides": overrides} if overrides else {})

    def encode(self) -> bytes:
        """The record: JSON of the fields without the email, which is the key."""
        values = self.to_json() | {"id": self.id, "week": week.to_hex(self.week), "has_week": self.has_week}
        if self.calendars:
            values |= {"busy": self.busy, "calendars": self.calendars}
        del values["email"]
        return orjson.dumps(values)


def _write_week(free: int) -> str:
    """A week for files: as services exchange it, or a digit 0 or 1 for each quarter: 168 would be hours there."""
    text = week.to_hex(free)
    return text if len(text) == week.SLOTS // 4 else week.digits(free)


def new_id() -> str:
    """An id that no other user has."""
    return secrets.token_urlsafe(6)


def decode(email: str, record: bytes) -> User:
    """The user of a record. What a later version stored beside our fields is passed over."""
    stored = _read_record(record)
    known = {each.name: stored[each.name] for each in fields(User) if each.name in stored}
    parsed = {
        "email": email,
        "week": week.from_hex(stored["week"]),
        "has_week": _has_week(stored),
        "created_at": datetime.fromisoformat(stored["created_at"]),
        "updated_at": datetime.fromisoformat(stored["updated_at"]),
        "sharing": _read_sharing(stored),
        "overrides": {
            date.fromisoformat(day): week.day_from_hex(free) for day, free in stored.get("overrides", {}).items()
        },
    }
    return User(**known | parsed)


def decode_availability(record: bytes) -> tuple[str, str, bool, Sharing | None, dict[str, str], str, dict[str, Any]]:
    """Time zone, week, whether it was said, sharing, overrides, busy time and its summary: what is asked of thousands.

    Weeks and days are hexadecimal digits, dates are text, and busy time is packed.
    """
    stored = _read_record(record)
    return (
        stored["timezone"],
        stored["week"],
        _has_week(stored),
        _read_sharing(stored),
        stored.get("overrides", _NOTHING),
        stored.get("busy", ""),
        stored.get("calendars", _NOTHING),
    )


def _has_week(stored: dict[str, Any]) -> bool:
    """Of a record that does not say: whether anything is free."""
    return bool(stored.get("has_week", stored["week"].strip("0")))


def _read_sharing(stored: dict[str, Any]) -> Sharing | None:
    sharing = stored.get("sharing")
    return Sharing(sharing["rule"], tuple(sharing["people"])) if sharing else None


def _read_record(record: bytes) -> dict[str, Any]:
    if record.startswith(b"{"):
        stored: dict[str, Any] = orjson.loads(record)
        return stored | {"timezone": _read_zone(stored.get("timezone", timezones.DEFAULT))}
    if not record.startswith(b"1"):
        raise ValueError(f"a record that begins with {record[:1]!r}, which this version does not know")
    # As records were until JSON: a 1, the week as bytes, then lines of text, with times in hexadecimal microseconds.
    created, updated, timezone, name = record[1 + _OLD_WEEK_BYTES :].decode().split("\n", 3)
    times = {
        "created_at": _format_time(EPOCH + timedelta(microseconds=int(created, 16))),
        "updated_at": _format_time(EPOCH + timedelta(microseconds=int(updated, 16))),
    }
    return {"name": name, "timezone": _read_zone(timezone), "week": record[1 : 1 + _OLD_WEEK_BYTES].hex(), **times}


def _read_zone(name: str) -> str:
    """What the database calls its "nobody has chosen yet" was once taken for a zone. Its clock is that of UTC."""
    return timezones.DEFAULT if name in timezones.NO_ZONES else name


def _format_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def change(user: User, now: datetime, **changes: Any) -> User:
    """The user with these changes: changed `now`, unless they are no changes or say when they were made."""
    if "week" in changes:
        changes = changes | {"has_week": True}
    changed = replace(user, **changes)
    return changed if changed == user or "updated_at" in changes else replace(changed, updated_at=now)


def user_version(user: User) -> str:
    """The entity tag of a user: changes with anything that people say about them, and with no reading of a calendar."""
    return _tag(replace(user, busy="", calendars={}).encode())


def availability_version(user: User) -> str:
    """The entity tag of an availability: changes with the week and the clock it goes by, not with the name."""
    return _tag(f"{week.to_hex(user.week)}{user.timezone}".encode())


def calendar_version(user: User) -> str:
    """The entity tag of an availability as a calendar, which tells more: who it is, and when it changed."""
    return _tag(b"ics" + user_version(user).encode())


def sharing_version(user: User) -> str:
    """The entity tag of whom a user shares with."""
    return _tag(repr(user.sharing).encode())


def overrides_version(user: User) -> str:
    """The entity tag of the dates that differ, and of the clock that they go by."""
    return _tag(repr((sorted(user.overrides.items()), user.timezone)).encode())


def _tag(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=8).hexdigest()}"'
