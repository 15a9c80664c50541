"""When a calendar says that its owner is busy."""

import zlib
from dataclasses import dataclass

import orjson

from common.domain import timezones
from user_service.busy_time import Intervals
from user_service.calendars.faults import UnreadableCalendar
from user_service.calendars.processes import run
from user_service.calendars.reading.busy import find_busy
from user_service.calendars.reading.scan import scan
from user_service.ics.components import CalendarError, write

MAX_BYTES = 10 << 20
MAX_KEPT_BYTES = 1 << 20
SECONDS = 8.0

# Found out once, in the server that the processes are forked from: it takes longer than reading a small file.
timezones.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose calendar it is: their email in its normal spelling, and the IANA name of their time zone."""

    email: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar says of some time.

    `busy` is in minutes since 1970 (UTC): intervals without their ends, merged and sorted, within what was asked for.
    `unread_events` counts the events that cannot be read. `kept` is what to expand again when time has gone on: times
    and rules, compressed, without titles, places or names.
    """

    busy: Intervals
    unread_events: int
    kept: bytes


def read_calendar(content: bytes, owner: Owner, start: int, end: int, *, tentative_is_busy: bool = True) -> Reading:
    """Reads an iCalendar file, of up to 10 MiB, from the minute `start` to the minute `end`.

    Takes SECONDS at most; for a small file some 10 ms. Raises UnreadableCalendar.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableCalendar(f"It is larger than {MAX_BYTES >> 20} MiB.")
    answer, kept = run(SECONDS, UnreadableCalendar, _read, content, owner, start, end, tentative_is_busy)
    busy, unread = orjson.loads(answer)
    return Reading(tuple((first, last) for first, last in busy), unread, kept)


def expand_again(kept: bytes, owner: Owner, start: int, end: int, *, tentative_is_busy: bool = True) -> Reading:
    """Reads what an earlier reading has kept, for a time that begins no earlier. Raises UnreadableCalendar."""
    inflater = zlib.decompressobj()
    content = inflater.decompress(kept, MAX_BYTES + 1)
    return read_calendar(content, owner, start, end, tentative_is_busy=tentative_is_busy)


def _read(content: bytes, owner: Owner, start: int, end: int, tentative_is_busy: bool) -> list[bytes]:
    zone = timezones.zone(owner.timezone)
    try:
        calendars = scan(content, owner.email, start)
        busy, unread = find_busy(calendars, zone, start, end, tentative_is_busy=tentative_is_busy)
    except CalendarError as bad:
        raise UnreadableCalendar(str(bad)) from None
    kept = zlib.compress(write(*calendars))
    if len(kept) > MAX_KEPT_BYTES:
        raise UnreadableCalendar("It has too many times and rules to be kept.")
    return [orjson.dumps((busy, unread)), kept]
