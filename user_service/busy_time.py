"""A calendar of a user, and what is busy by all of them. Minutes are those since 1970, in UTC."""

import base64
import secrets
import struct
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, NamedTuple, Self

import orjson

from common.domain.calendars import Known

Intervals = tuple[tuple[int, int], ...]

BUSY, UPLOAD, FEED, CALDAV = "busy", "upload", "feed", "caldav"
WAITING, OK, FAILING, REFUSED = "waiting", "ok", "failing", "refused"
FREE = "free"
_FOR_READING = ("kept", "progress")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What is kept of a calendar: no title, place or person.

    `generation` is new with each PUT: what was read for an older one is for nobody. `secret` holds the address, and the
    password, encrypted; `kept` what the last reading left, to be expanded again when time has gone on; `validators` and
    `progress` what the other side wants to be told to say that nothing has changed.
    """

    name: str
    kind: str
    generation: str = field(default_factory=lambda: secrets.token_hex(8))
    state: str = WAITING
    tentative: str = BUSY
    reason: str = ""
    host: str = ""
    as_of: int | None = None
    next_read: int | None = None
    covers: tuple[int, int] | None = None
    busy: Intervals = ()
    unread_events: int = 0
    failures: int = 0
    secret: str = ""
    kept: bytes = b""
    validators: tuple[str, str] = ("", "")
    progress: bytes = b""

    def encode(self) -> bytes:
        """The calendar as JSON, in which busy time is packed, without what its next reading alone needs."""
        values: dict[str, Any] = asdict(self) | {"busy": pack(self.busy)}
        return orjson.dumps({name: value for name, value in values.items() if name not in _FOR_READING})

    def encode_for_reading(self) -> bytes:
        """What its next reading needs, as JSON: up to some megabytes."""
        return orjson.dumps({name: base64.b64encode(getattr(self, name)).decode() for name in _FOR_READING})

    @classmethod
    def decode(cls, text: bytes, for_reading: bytes | None = None) -> Self:
        """The calendar of such JSON. What its reading needs may be left out; until it stood apart, it was in the first.

        What a later version has added is passed over.
        """
        stored = orjson.loads(text) | (orjson.loads(for_reading) if for_reading else {})
        values = {each.name: stored[each.name] for each in fields(cls) if each.name in stored}
        values |= {name: base64.b64decode(values.get(name, "")) for name in _FOR_READING}
        values |= {"busy": unpack(stored["busy"]), "validators": tuple(stored["validators"])}
        values["covers"] = tuple(stored["covers"]) if stored["covers"] else None
        return cls(**values)


class PushedCalendar(NamedTuple):
    """What a program says of a calendar of the kind `busy`."""

    busy: Intervals
    tentative: str


def pack(intervals: Iterable[tuple[int, int]]) -> str:
    """Intervals in order, as pairs of 32 bits in base64."""
    minutes = [minute for interval in intervals for minute in interval]
    return base64.b64encode(struct.pack(f"<{len(minutes)}I", *minutes)).decode()


def unpack(text: str) -> Intervals:
    """The intervals that were packed."""
    content = base64.b64decode(text)
    minutes = struct.unpack(f"<{len(content) // 4}I", content)
    return tuple(zip(minutes[::2], minutes[1::2], strict=True))


def merge(intervals: Iterable[tuple[int, int]]) -> Intervals:
    """The fewest intervals, in order, that cover the same minutes."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif start < end:
            merged.append((start, end))
    return tuple(merged)


def merge_busy(calendars: Iterable[Calendar]) -> str:
    """All busy time of a user, packed."""
    return pack(merge(interval for calendar in calendars for interval in calendar.busy))


def summarize(calendars: Sequence[Calendar]) -> dict[str, Any]:
    """How well the calendars of a user are known: the fields of Known by name; nothing without calendars."""
    if not calendars:
        return {}
    ends = [calendar.covers[1] for calendar in calendars if calendar.covers]
    known = Known(
        as_of=min((calendar.as_of for calendar in calendars if calendar.as_of is not None), default=None),
        is_stale=any(calendar.state in (FAILING, REFUSED) for calendar in calendars),
        is_unread=any(calendar.as_of is None for calendar in calendars),
        until=min(ends, default=None),
    )
    return known._asdict()


def cut(intervals: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """What of the intervals lies between two minutes, without those that are empty."""
    return [
        (max(since, start), min(until, end))
        for since, until in intervals
        if since < end and until > start and since < until
    ]
