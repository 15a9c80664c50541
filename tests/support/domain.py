"""Strategies for the tests of the pure modules, and a model of them: slow, plain, and minute by minute."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count, groupby, takewhile
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from common.domain.timezones import zone

REPEATABLE = settings(deadline=None, derandomize=True)

# Offsets of quarters and halves of an hour; changes of half an hour, at midnight, a minute past it, and out
# of step with the hour; a skipped day; a change there and back within a week; an offset with seconds.
ZONES = (
    "Africa/Cairo",
    "Africa/Monrovia",
    "America/Caracas",
    "America/Havana",
    "America/New_York",
    "America/Recife",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Marquesas",
    "UTC",
)
FIRST_YEAR, LAST_YEAR = 1970, 2100
FIRST_MINUTE = 0
LAST_MINUTE = (date(LAST_YEAR + 1, 1, 1) - date(FIRST_YEAR, 1, 1)) // timedelta(minutes=1) - 1
DAY = 24 * 60
SLOTS = 7 * 24
QUARTERS = 4 * SLOTS
ALWAYS = (1 << QUARTERS) - 1  # a week

Run = tuple[int, int, frozenset[str]]


class Someone(NamedTuple):
    """Who is asked, in the order of the code's own Person: the week has a bit for each of its slots."""

    email: str
    zone: ZoneInfo
    week: int
    slots: int = SLOTS
    overrides: Mapping[date, int] = MappingProxyType({})
    busy: Sequence[tuple[int, int]] = ()


def minute(text: str) -> int:
    """The minute of UTC since 1970 at which an RFC 3339 time lies."""
    return int(datetime.fromisoformat(text).timestamp()) // 60


def shown(at: int, where: ZoneInfo) -> datetime:
    """What a clock in the zone shows when the minute begins."""
    return datetime.fromtimestamp(at * 60, where).replace(tzinfo=None, fold=0)


def quarters(where: ZoneInfo, start: int, end: int) -> list[int]:
    """The quarter of the week, 0 to 671, of each minute."""
    local = [datetime.fromtimestamp(at * 60, where) for at in range(start, end)]
    return [time.weekday() * 96 + time.hour * 4 + time.minute // 15 for time in local]


def is_free(week: int, slot: int, slots: int = SLOTS) -> bool:
    """Whether the slot is free; the first is the most significant bit."""
    return bool(week >> (slots - 1 - slot) & 1)


def presence(people: Sequence[Someone], start: int, end: int) -> list[frozenset[str]]:
    """Who is free, minute by minute."""
    columns = [free_minutes(person, start, end) for person in people]
    groups: dict[tuple[bool, ...], frozenset[str]] = {}
    for row in set(zip(*columns, strict=True)):
        groups[row] = frozenset(person.email for person, free in zip(people, row, strict=True) if free)
    return [groups[row] for row in zip(*columns, strict=True)]


def free_minutes(person: Someone, start: int, end: int) -> list[bool]:
    """Whether somebody is free, minute by minute: on their date, or else by their week, and not busy."""
    week = [is_free(person.week, quarter * person.slots // QUARTERS, person.slots) for quarter in range(QUARTERS)]
    days = {day: [is_free(row, quarter, 96) for quarter in range(96)] for day, row in person.overrides.items()}
    found = []
    for at, quarter in zip(range(start, end), quarters(person.zone, start, end), strict=True):
        row = days.get(datetime.fromtimestamp(at * 60, person.zone).date()) if days else None
        found.append(row[quarter % 96] if row else week[quarter])
    for begin, until in person.busy:
        inside = range(max(begin, start), min(until, end))
        found[inside.start - start : inside.start - start + len(inside)] = [False] * len(inside)
    return found


def runs(groups: Iterable[frozenset[str]], start: int) -> list[Run]:
    """The fewest stretches of minutes during which the group stays the same."""
    found = []
    for group, minutes in groupby(groups):
        end = start + len(list(minutes))
        found.append((start, end, group))
        start = end
    return found


def meetings(
    free: Sequence[frozenset[str]],
    required: frozenset[str],
    quorum: int,
    duration: int,
    step: int,
    before: int,
    *,
    align: int = 1,
    shows: Sequence[int] = (),
) -> list[Run]:
    """Section 6 of the contract, tried for each minute: the meetings that begin before one, and who stays.

    `free` says who is free in each minute from 0 on, and `shows` which minute of the hour the clock then shows.
    """
    enough = [len(group & required) >= quorum for group in free]
    aligned = [align == 1 or shows[at] % align == 0 for at in range(len(free))]
    stride = next(minutes for minutes in count(step, step) if minutes % align == 0)
    tried = set()
    for origin in (at for at in range(len(free)) if enough[at]):
        if not origin or not enough[origin - 1] or free[origin] - free[origin - 1]:
            wanted = origin
            for at in takewhile(enough.__getitem__, range(origin, len(free))):
                if at >= wanted and aligned[at]:
                    tried.add(at)
                    wanted = at + stride
    found = []
    for start in sorted(at for at in tried if at < before and at + duration <= len(free)):
        staying = frozenset.intersection(*free[start : start + duration])
        if len(staying & required) >= quorum:
            found.append((start, start + duration, staying))
    return found


@cache
def changes(name: str) -> tuple[int, ...]:
    """The minutes of all years allowed at which the offset of a zone is another than a minute before."""
    where = zone(name)
    found = []
    for before in range(FIRST_MINUTE, LAST_MINUTE - DAY, DAY):
        low, high = before, before + DAY
        if _offset(low, where) != (after := _offset(high, where)):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if _offset(middle, where) == after else (middle, high)
            found.append(high)
    return tuple(found)


def _offset(at: int, where: ZoneInfo) -> object:
    return datetime.fromtimestamp(at * 60, where).utcoffset()


@st.composite
def changing_clocks(draw: st.DrawFn, names: Sequence[str] = ZONES) -> tuple[ZoneInfo, int]:
    """A zone and a minute at which its clocks change or, if they never do, at which a year ends."""
    name = draw(st.sampled_from(names))
    return zone(name), draw(st.sampled_from(changes(name)) if changes(name) else year_ends())


def year_ends() -> st.SearchStrategy[int]:
    """The first minutes of the years, in UTC, but for the very first and last."""
    return st.integers(FIRST_YEAR + 1, LAST_YEAR).map(lambda year: minute(f"{year}-01-01T00:00Z"))


def minutes_of_history() -> st.SearchStrategy[int]:
    """Any minute of the years that may be asked about, but for their first and last days."""
    return st.integers(FIRST_MINUTE + 2 * DAY, LAST_MINUTE - 12 * DAY)


def weeks(slots: int = QUARTERS) -> st.SearchStrategy[int]:
    """Weeks of so many slots: empty, full, changing with each, nearly empty, nearly full, and without any order."""
    every_other = int("10" * (slots // 2), 2)
    few = st.sets(st.integers(0, slots - 1), max_size=6).map(lambda free: sum(1 << slot for slot in free))
    return st.one_of(
        st.sampled_from([0, (1 << slots) - 1, every_other, every_other >> 1]),
        few,
        few.map(lambda week: (1 << slots) - 1 ^ week),
        st.integers(0, (1 << slots) - 1),
    )


@st.composite
def questions(draw: st.DrawFn, max_days: int = 10) -> tuple[list[Someone], int, int]:
    """One to five people, and a window that holds, touches or just misses a clock change, or any other."""
    where, change = draw(changing_clocks())
    near = draw(st.sets(st.sampled_from(ZONES), min_size=1, max_size=3))
    others = st.sampled_from([where, *map(zone, sorted(near))])
    zones = [where] + [draw(others) for _ in range(draw(st.sampled_from(range(5))))]
    sizes = [draw(st.sampled_from([SLOTS, QUARTERS])) for _ in zones]
    length = draw(st.sampled_from(range(max_days))) * DAY + draw(st.integers(1, DAY))
    # Hypothesis favours small integers, and with them windows that begin at the change.
    within = draw(st.sampled_from(range(0, length, 60))) + draw(st.integers(0, 59))
    match draw(st.sampled_from(["change"] * 6 + ["edge"] * 2 + ["year", "any"])):
        case "change":
            start = change - within
        case "edge":
            start = change - draw(st.sampled_from([-1, 0, 1, length - 1, length, length + 1]))
        case "year":
            start = draw(year_ends()) - within
        case _:
            start = draw(minutes_of_history())
    people = [
        Someone(name, of, draw(weeks(size)), size, draw(overrides(start, length)), draw(busy(start, length)))
        for name, of, size in zip("abcde", zones, sizes, strict=False)
    ]
    return people, start, start + length


def overrides(start: int, length: int) -> st.SearchStrategy[dict[date, int]]:
    """What is free on some dates in a window and around it, more often none."""
    first = datetime.fromtimestamp(start * 60, UTC).date()
    days = st.integers(-2, length // DAY + 2).map(lambda number: first + timedelta(days=number))
    rows = st.sampled_from([0, (1 << 96) - 1, int("0001" * 24, 2)]) | st.integers(0, (1 << 96) - 1)
    return st.just({}) | st.dictionaries(days, rows, max_size=5)


def busy(start: int, length: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Stretches of minutes, in order and apart from each other, in a window and around it; more often none."""
    minutes = st.integers(start - DAY, start + length + DAY)
    borders = st.sets(minutes, max_size=12).map(sorted)
    return st.just([]) | borders.map(lambda found: list(zip(found[::2], found[1::2], strict=False)))
