"""The stretch of real time that a question is about, as whole minutes of UTC since 1970.

Pure. A minute has the local time that a clock in the zone shows at its beginning (contract, section 9).
"""

import bisect
import functools
import itertools
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.domain.week import DAYS

MAX_DAYS = 92
DEFAULT_DAYS = 7
FIRST_YEAR, LAST_YEAR = 1970, 2100
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

# RFC 3339, section 5.6, but that the seconds may be left out.
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# For JSON Schema, which has no calendar: the dates that exist in those years, and the times on them.
_EXISTING_DATE = (
    "((19[7-9][0-9]|20[0-9]{2}|2100)-"
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|(19(7[26]|8[048]|9[26])|20([02468][048]|[13579][26]))-02-29)"
)
_EXISTING_TIME = "[Tt]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
PATTERN = f"^{_EXISTING_DATE}({_EXISTING_TIME})?$"
DATE_PATTERN = f"^{_EXISTING_DATE}$"
TIME_PATTERN = f"^{_EXISTING_DATE}{_EXISTING_TIME}$"
_PLUS_READ_AS_SPACE = re.compile(r".*T.* \d\d:\d\d", re.ASCII)
MAX_LENGTH = 64
_HOW_TO_WRITE = "Write a date (2026-11-23) or an RFC 3339 time with its offset (2026-11-23T09:00:00+01:00)."

Moment = date | datetime


class WindowError(ValueError):
    """A window that may not be asked for. `field` is the parameter to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Window:
    """The minutes from `start` to `end` (exclusive), asked for in `zone`."""

    start: int
    end: int
    zone: ZoneInfo

    def extend(self, minutes: int) -> "Window":
        """A window that ends so many minutes later, but for the last of the years."""
        last = first_minute(datetime(LAST_YEAR + 1, 1, 1), self.zone)  # noqa: DTZ001  local time
        return replace(self, end=min(self.end + minutes, last))


def parse_moment(text: str) -> Moment:
    """A date, or an aware datetime, from RFC 3339 text. Raises ValueError with a message for people."""
    if len(text) > MAX_LENGTH:
        raise ValueError(_HOW_TO_WRITE)
    if _PLUS_READ_AS_SPACE.fullmatch(text):
        raise ValueError("In a URL the + of an offset must be written %2B.")
    try:
        moment = _read(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a day or a time that exists.") from None
    if moment is None:
        raise ValueError(_HOW_TO_WRITE)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR + 1:
        raise ValueError(f"A window lies between the years {FIRST_YEAR} and {LAST_YEAR}.")
    return moment


def _read(text: str) -> Moment | None:
    if _TIME.fullmatch(text):
        return datetime.fromisoformat(text.upper())
    return date.fromisoformat(text) if _DATE.fullmatch(text) else None


def resolve(start: Moment | None, end: Moment | None, zone: ZoneInfo, now: datetime) -> Window:
    """The window between two moments; `start` defaults to the next whole hour in the zone, `end` to 7 days later.

    A date is its first minute in the zone. A window begins and ends on whole minutes, never outside what was
    asked. Days are days of the calendar: seven of them hold each weekly hour once, also over a clock change.
    Raises WindowError.
    """
    first = next_hour(now, zone) if start is None else _minute(start, zone, up=True)
    last = _minute(end, zone, up=False) if end else first_minute(local(first, zone) + DEFAULT_DAYS * DAY, zone)
    begin = start if isinstance(start, datetime) else EPOCH + first * MINUTE
    if last <= first and isinstance(end, datetime) and end > begin:
        raise WindowError("end", "There is no whole minute between the start and the end.")
    if last <= first:
        origin = "start" if start is not None else f"now ({rfc3339(first, zone)}), where the window begins"
        raise WindowError("end", f"The end must be later than {origin}.")
    if local(last, zone) - local(first, zone) > MAX_DAYS * DAY:
        raise WindowError("end", f"A window is at most {MAX_DAYS} days long.")
    for field, minute in (("start", first), ("end", last - 1)):
        if not FIRST_YEAR <= local(minute, zone).year <= LAST_YEAR:
            raise WindowError(field, f"A window lies between the years {FIRST_YEAR} and {LAST_YEAR}.")
    return Window(first, last, zone)


def _minute(moment: Moment, zone: ZoneInfo, *, up: bool) -> int:
    if not isinstance(moment, datetime):
        return first_minute(datetime.combine(moment, time()), zone)
    whole, rest = divmod(moment - EPOCH, MINUTE)
    return whole + bool(up and rest)


def local(minute: int, zone: ZoneInfo) -> datetime:
    """What the clock and calendar in the zone show at the beginning of the minute, as a naive datetime."""
    return (EPOCH + minute * MINUTE).astimezone(zone).replace(tzinfo=None, fold=0)


def first_minute(wanted: datetime, zone: ZoneInfo) -> int:
    """The first minute at which the clock in the zone shows the naive time `wanted`.

    For a time that a clock change skips, the first minute after the change.
    """
    early, late = sorted(-((EPOCH - wanted.replace(tzinfo=zone, fold=fold)) // MINUTE) for fold in (0, 1))
    if early == late or local(early, zone) == wanted:
        return early
    return early + bisect.bisect_left(range(early, late), True, key=lambda minute: local(minute, zone) >= wanted)


def next_hour(now: datetime, zone: ZoneInfo) -> int:
    """The first minute, `now` or later, at which the clock in the zone shows a whole hour."""
    minute = -((EPOCH - now) // MINUTE)
    shown = local(minute, zone)
    ahead = minute + -shown.minute % 60
    if local(ahead, zone) - shown == (ahead - minute) * MINUTE:
        return ahead
    # A clock change on the way: the whole hour may come sooner, or later.
    return next(at for at in itertools.count(minute) if not local(at, zone).minute)


@functools.lru_cache(maxsize=1 << 12)
def weekday(minute: int, zone: ZoneInfo) -> str:
    """The day of the week in the zone at the minute."""
    return DAYS[local(minute, zone).weekday()]


@functools.lru_cache(maxsize=1 << 12)
def rfc3339(minute: int, zone: ZoneInfo) -> str:
    """The minute as an RFC 3339 time in the zone. The same few hours are asked for again and again."""
    shown = (EPOCH + minute * MINUTE).astimezone(zone)
    offset = shown.utcoffset() or timedelta()
    # Monrovia kept 44 minutes and 30 seconds until 1972; RFC 3339 knows whole minutes only.
    return shown.isoformat() if not offset % MINUTE else (EPOCH + minute * MINUTE).isoformat()
