"""That recurring events are busy when a walk from day to day, with nothing but zoneinfo, finds them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain import timezones
from common.domain.window import EPOCH, MINUTE
from tests.support.domain import REPEATABLE, ZONES, changes, shown
from tests.user_service.calendars.test_reading import ANN, calendar, event
from user_service.calendars.reading.busy import find_busy
from user_service.calendars.reading.scan import scan

pytestmark = pytest.mark.long

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WALKED_DAYS = 120
UTC_ZONE = timezones.zone(timezones.DEFAULT)
# Of people whose days a clock change skips, or lets begin an hour later; all at whole hours.
HOMES = ("Africa/Cairo", "America/Havana", "America/New_York", "Europe/Berlin", "Pacific/Apia")


@dataclass
class Rule:
    """A rule whose start is the first of its occurrences."""

    start: datetime
    frequency: str
    interval: int = 1
    days: frozenset[int] = frozenset()
    nth: int = 0
    first_day: int = 0
    count: int = 0
    until: date | None = None
    left_out: set[date] = field(default_factory=set)
    moved: dict[date, datetime] = field(default_factory=dict)

    def write(self) -> str:
        by_day = ",".join(DAYS[day] for day in sorted(self.days))
        parts = {
            "FREQ": self.frequency,
            "INTERVAL": self.interval if self.interval > 1 else "",
            "BYDAY": f"{self.nth}{DAYS[self.start.weekday()]}" if self.nth else by_day,
            "WKST": DAYS[self.first_day] if self.first_day else "",
            "COUNT": self.count or "",
            "UNTIL": self.until.strftime("%Y%m%d") if self.until else "",
        }
        return "RRULE:" + ";".join(f"{name}={value}" for name, value in parts.items() if value)

    def walk(self) -> Iterator[date]:
        """The days on which it occurs, those that are left out or moved as well."""
        found = 0
        for ahead in range(WALKED_DAYS):
            day = self.start.date() + timedelta(ahead)
            if (self.until and day > self.until) or (self.count and found == self.count):
                return
            if self._is_in(day):
                found += 1
                yield day

    def _is_in(self, day: date) -> bool:
        first = self.start.date()
        if self.frequency == "DAILY":
            return (day - first).days % self.interval == 0 and (not self.days or day.weekday() in self.days)
        if self.frequency == "WEEKLY":
            weeks = (self._week(day) - self._week(first)).days // 7
            return weeks % self.interval == 0 and day.weekday() in (self.days or {first.weekday()})
        months = 12 * (day.year - first.year) + day.month - first.month
        if months % (self.interval * (12 if self.frequency == "YEARLY" else 1)):
            return False
        if not self.nth:
            return day.day == first.day
        to_the_end = (day + timedelta(7)).month != day.month if self.nth < 0 else (day.day - 1) // 7 == self.nth - 1
        return day.weekday() == first.weekday() and to_the_end

    def _week(self, day: date) -> date:
        return day - timedelta((day.weekday() - self.first_day) % 7)


@st.composite
def rules(draw: st.DrawFn, zone: str) -> Rule:
    """Rules of which some occurrences lie around a clock change, if the zone has any."""
    around = shown(draw(st.sampled_from(changes(zone) or (29_900_000,))), timezones.zone(zone))
    start = around + timedelta(draw(st.integers(-80, 3)), minutes=draw(st.integers(-180, 180)))
    rule = Rule(start.replace(second=0), draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])))
    rule.interval = draw(st.integers(1, 3))
    if rule.frequency in ("DAILY", "WEEKLY"):
        rule.days = draw(st.sets(st.integers(0, 6)).map(lambda days: frozenset(days and {*days, start.weekday()})))
        rule.first_day = draw(st.sampled_from([0, 6])) if rule.frequency == "WEEKLY" else 0
    elif rule.frequency == "MONTHLY":
        from_the_front = (start.day - 1) // 7 + 1
        is_last = (start + timedelta(7)).month != start.month
        rule.nth = draw(st.sampled_from([0, from_the_front, *([-1] if is_last else [])]))
    ends = draw(st.sampled_from(["never", "count", "until"]))
    rule.count = draw(st.integers(1, 40)) if ends == "count" else 0
    rule.until = start.date() + timedelta(draw(st.integers(0, 90))) if ends == "until" else None
    days = list(rule.walk())
    rule.left_out = draw(st.sets(st.sampled_from(days), max_size=3))
    for day in draw(st.sets(st.sampled_from(days), max_size=2)) - rule.left_out:
        moved = datetime.combine(day, rule.start.time()) + timedelta(minutes=draw(st.integers(-3000, 3000)))
        rule.moved[day] = moved
    return rule


def stamp(moment: date) -> str:
    return moment.strftime("%Y%m%dT%H%M%S" if isinstance(moment, datetime) else "%Y%m%d")


def assert_busy(content: bytes, home: ZoneInfo, window: tuple[int, int], expected: set[int]) -> None:
    """Just the expected minutes of the window are busy. No more than some that differ are shown: all take minutes."""
    intervals, unread = find_busy(scan(content, ANN.email, window[0]), home, *window, tentative_is_busy=True)
    found = {at for first, last in intervals for at in range(first, last)}
    assert not unread
    assert sorted(found ^ (expected & {*range(*window)}))[:9] == []


def window(rule: Rule) -> tuple[int, int]:
    """Whole days that hold what is walked, but for its last days and what may be moved beyond."""
    first = (rule.start.replace(tzinfo=UTC) - EPOCH) // MINUTE
    return first + 10 * 24 * 60, first + (WALKED_DAYS - 10) * 24 * 60


def touched(shown_there: datetime, zone: ZoneInfo, length: int) -> range:
    """The minutes that so many of them touch. Where an offset has seconds, that is one more."""
    seconds = int((shown_there.replace(tzinfo=zone) - EPOCH).total_seconds())
    return range(seconds // 60, -(-(seconds + length * 60) // 60))


@REPEATABLE
@given(st.data(), st.sampled_from(ZONES), st.integers(1, 4000), st.booleans())
def test_times_recur_as_a_walk_from_day_to_day_finds_them(
    data: st.DataObject, zone: str, length: int, has_end: bool
) -> None:
    rule = data.draw(rules(zone))
    where, at = timezones.zone(zone), rule.start.time()
    # In UTC, since an end may be shown twice.
    finish = (rule.start.replace(tzinfo=where).astimezone(UTC) + length * MINUTE).strftime("%Y%m%dT%H%M%SZ")
    size = f"DTEND:{finish}" if has_end else f"DURATION:PT{length}M"
    content = calendar(
        event(
            f"DTSTART;TZID={zone}:{stamp(rule.start)}",
            size,
            rule.write(),
            *(f"EXDATE;TZID={zone}:{stamp(datetime.combine(day, at))}" for day in rule.left_out),
        ),
        *(
            event(
                f"RECURRENCE-ID;TZID={zone}:{stamp(datetime.combine(day, at))}",
                f"DTSTART;TZID={zone}:{stamp(moved)}",
                "DURATION:PT7M",
            )
            for day, moved in rule.moved.items()
        ),
    )
    start, end = window(rule)

    stay = [datetime.combine(day, at) for day in rule.walk() if day not in {*rule.left_out, *rule.moved}]
    expected = {minute for begin in stay for minute in touched(begin, where, length)}
    expected |= {minute for moved in rule.moved.values() for minute in touched(moved, where, 7)}

    assert_busy(content, UTC_ZONE, (start, end), expected)


@REPEATABLE
@given(st.data(), st.sampled_from(HOMES), st.integers(1, 9))
def test_days_recur_as_a_walk_from_day_to_day_finds_them(data: st.DataObject, home: str, length: int) -> None:
    rule = data.draw(rules(home))
    content = calendar(
        event(
            f"DTSTART;VALUE=DATE:{stamp(rule.start.date())}",
            f"DTEND;VALUE=DATE:{stamp(rule.start.date() + timedelta(length))}",
            rule.write(),
            *(f"EXDATE;VALUE=DATE:{stamp(day)}" for day in rule.left_out),
        ),
        *(
            event(f"RECURRENCE-ID;VALUE=DATE:{stamp(day)}", f"DTSTART;VALUE=DATE:{stamp(moved.date())}")
            for day, moved in rule.moved.items()
        ),
    )
    start, end = window(rule)

    stay = [day for day in rule.walk() if day not in {*rule.left_out, *rule.moved}]
    days = {day + timedelta(ahead) for day in stay for ahead in range(length)}
    days |= {moved.date() for moved in rule.moved.values()}
    zone = timezones.zone(home)
    hours = [hour for hour in range(start // 60, end // 60 + 1) if shown(60 * hour, zone).date() in days]
    expected = {60 * hour + minute for hour in hours for minute in range(60)}

    assert_busy(content, zone, (start, end), expected)


ODD_VALUES = [
    "",
    ",",
    "/",
    "20261123",
    "20261123T080000",
    "20261123T080000Z",
    "20261123T080000Z/PT1H,20261123T080000Z/20261123",
    "20261199T996699Z",
    "00010101T000000Z",
    "00010101",
    "99991231T235959Z",
    "99991231",
    "PT0S",
    "P1W",
    "-P1D",
    "P99999999D",
    "P99999999999999999999D",
    "-1",
    "1e9",
    "FREQ=DAILY;COUNT=2",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=-1",
    "FREQ=DAILY;COUNT=2;UNTIL=20261124",
    "FREQ=DAILY;UNTIL=20261124;UNTIL=20261125",
    "FREQ=DAILY;UNTIL=99991231T235959Z",
    "FREQ=DAILY;UNTIL=nonsense",
    "FREQ=DAILY,WEEKLY",
    "FREQ=WEEKLY;BYDAY=9XX",
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=YEARLY;BYEASTER=1;COUNT=2",
    "FREQ=YEARLY;BYMONTH=13",
    "FREQ=YEARLY;BYSETPOS=0;BYDAY=MO",
    "FREQ=YEARLY;INTERVAL=99999",
    "FREQ=YEARLY;RSCALE=CHINESE;SKIP=FORWARD",
    "FREQ",
    "FREQ=",
    "COUNT=2",
]
NAMES = ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "UID"]
PARAMETERS = ["", ";TZID=Mars", ";TZID=Europe/Berlin", ";TZID=", ";RANGE=THISANDFUTURE", ";VALUE=DATE", ";A=1;A=2", ";"]
ODD_LINES = st.builds(
    "{}{}:{}".format, st.sampled_from(NAMES), st.sampled_from(PARAMETERS), st.sampled_from(ODD_VALUES)
)


@REPEATABLE
@given(st.lists(st.lists(ODD_LINES, max_size=5), max_size=3))
def test_an_event_that_cannot_be_read_does_not_take_the_rest_with_it(odd: list[list[str]]) -> None:
    content = calendar(
        *("\n".join(["BEGIN:VEVENT", *lines, "DTSTART:20261124T080000Z", "END:VEVENT\n"]) for lines in odd),
        event("DTSTART:20261123T080000Z", "DURATION:PT1H", uid="good"),
    )
    start = (datetime(2026, 11, 1, tzinfo=UTC) - EPOCH) // MINUTE
    good = start + (22 * 24 + 8) * 60

    busy, unread = find_busy(
        scan(content, ANN.email, start), UTC_ZONE, start, start + 60 * 24 * 60, tentative_is_busy=True
    )

    assert unread <= len(odd)
    assert any(first <= good and good + 60 <= last for first, last in busy)
