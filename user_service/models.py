"""A user, and the bytes under which one is stored."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from common.domain import week

# Which of the layouts of a record follows, so that a later one can tell the two apart.
_LAYOUT = b"1"
_HEAD = len(_LAYOUT) + week.BYTES
_MICROSECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with a week, by the clock of a time zone. Times are microseconds since 1970."""

    email: str
    name: str
    timezone: str
    week: int
    created_at: int
    updated_at: int

    def encode(self) -> bytes:
        """The record, about 80 bytes: the week as 21 of them, then lines of text. The email is the key."""
        text = f"{self.created_at:x}\n{self.updated_at:x}\n{self.timezone}\n{self.name}"
        return _LAYOUT + week.to_bytes(self.week) + text.encode()


def decode(email: str, record: bytes) -> User:
    """The user of a record."""
    free = decode_week(record)
    created, updated, timezone, name = record[_HEAD:].decode().split("\n", 3)
    return User(email, name, timezone, free, int(created, 16), int(updated, 16))


def decode_week(record: bytes) -> int:
    """The week of a record."""
    if record[:1] != _LAYOUT:
        raise ValueError(f"a record of layout {record[:1]!r}, which this version does not know")
    return week.from_bytes(record[1:_HEAD])


def decode_availability(record: bytes) -> tuple[str, int]:
    """Time zone and week of a record: what is asked of thousands at once."""
    return record[_HEAD:].split(b"\n", 3)[2].decode(), decode_week(record)


def microseconds(moment: datetime) -> int:
    """An aware datetime as a stored time."""
    return round(moment.timestamp() * _MICROSECOND)


def instant(stored: int) -> datetime:
    """A stored time as a datetime, in UTC."""
    return datetime.fromtimestamp(stored / _MICROSECOND, UTC)


def moment(stored: int) -> str:
    """A stored time in RFC 3339, in UTC."""
    return instant(stored).isoformat().replace("+00:00", "Z")


def user_version(user: User) -> str:
    """The entity tag of a user: changes with anything about them."""
    return _tag(user.encode())


def availability_version(user: User) -> str:
    """The entity tag of an availability: changes with the week and the clock it goes by, not with the name."""
    return _tag(week.to_bytes(user.week) + user.timezone.encode())


def calendar_version(user: User) -> str:
    """The entity tag of an availability as a calendar, which tells more: who it is, and when it changed."""
    return _tag(b"ics" + user.encode())


def _tag(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=8).hexdigest()}"'
