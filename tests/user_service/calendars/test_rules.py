"""That rules of many parts make somebody busy when a look at each day finds it, with nothing but zoneinfo."""

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.domain import timezones
from tests.support.domain import REPEATABLE, ZONES, changes, shown
from tests.user_service.calendars.test_reading import calendar, event
from tests.user_service.calendars.test_recurrence import DAYS, UTC_ZONE, assert_busy, stamp, touched

pytestmark = pytest.mark.long

WALKED_DAYS = 500


@dataclass
class Rule:
    """A rule by months, days of them and days of the week (RFC 5545, section 3.3.10).

    Of the days of a month or a year that are meant, a `position` chooses one, from the front or from the end.
    """

    frequency: str
    interval: int
    months: frozenset[int]
    month_days: frozenset[int]
    weekdays: frozenset[int]
    position: int

    def write(self) -> str:
        parts = {
            "FREQ": self.frequency,
            "INTERVAL": str(self.interval),
            "BYMONTH": ",".join(map(str, sorted(self.months))),
            "BYMONTHDAY": ",".join(map(str, sorted(self.month_days))),
            "BYDAY": ",".join(DAYS[day] for day in sorted(self.weekdays)),
            "BYSETPOS": str(self.position or ""),
        }
        return "RRULE:" + ";".join(f"{name}={value}" for name, value in parts.items() if value)

    def walk(self, first: date) -> Iterator[date]:
        """The days from the first on that are meant."""
        for ahead in range(WALKED_DAYS):
            day = first + timedelta(ahead)
            if self._counts(day, first) and self._is_meant(day) and self._is_chosen(day):
                yield day

    def _counts(self, day: date, first: date) -> bool:
        years = day.year - first.year
        periods = years if self.frequency == "YEARLY" else 12 * years + day.month - first.month
        return periods % self.interval == 0

    def _is_meant(self, day: date) -> bool:
        length = months.monthrange(day.year, day.month)[1]
        is_of_month = not self.month_days or not self.month_days.isdisjoint({day.day, day.day - length - 1})
        return (
            (not self.months or day.month in self.months)
            and is_of_month
            and (not self.weekdays or day.weekday() in self.weekdays)
        )

    def _is_chosen(self, day: date) -> bool:
        """Whether it is the one in its month, or its year, that the position chooses."""
        if not self.position:
            return True
        of_year = (date(day.year, 1, 1) + timedelta(ahead) for ahead in range(365 + months.isleap(day.year)))
        meant = [
            each for each in of_year if self._is_meant(each) and (self.frequency == "YEARLY" or each.month == day.month)
        ]
        index = self.position - 1 if self.position > 0 else self.position
        return -len(meant) <= index < len(meant) and meant[index] == day


def some(low: int, high: int, size: int) -> st.SearchStrategy[frozenset[int]]:
    """Numbers but 0."""
    return st.frozensets(st.integers(low, high).filter(bool), min_size=1, max_size=size)


NONE: st.SearchStrategy[frozenset[int]] = st.just(frozenset())
RULES = st.builds(
    Rule,
    frequency=st.sampled_from(["MONTHLY", "YEARLY"]),
    interval=st.integers(1, 2),
    months=NONE | some(1, 12, 4),
    month_days=NONE | some(-31, 31, 5),
    weekdays=NONE | some(1, 7, 4).map(lambda days: frozenset(day - 1 for day in days)),
    position=st.sampled_from([0, 0, 1, 2, -1, -2]),
).filter(lambda rule: bool(rule.month_days or rule.weekdays))


@st.composite
def series(draw: st.DrawFn, zone: str) -> tuple[Rule, datetime]:
    """A rule, and a start that is the first of its occurrences, near a clock change if the zone has any."""
    rule = draw(RULES)
    around = shown(draw(st.sampled_from(changes(zone) or (29_900_000,))), timezones.zone(zone)).replace(second=0)
    since = around + timedelta(draw(st.integers(-60, 0)), minutes=draw(st.integers(-120, 120)))
    assume(since.year < 2098)
    days = list(rule.walk(since.date()))
    assume(days)
    return rule, datetime.combine(days[0], since.time())


@REPEATABLE
@given(st.data(), st.sampled_from(ZONES), st.integers(1, 900), st.booleans())
def test_rules_of_many_parts_added_dates_and_lasting_changes_agree_with_a_walk(
    data: st.DataObject, zone: str, length: int, has_change: bool
) -> None:
    rule, start = data.draw(series(zone))
    where = timezones.zone(zone)
    days = [day for day in rule.walk(start.date()) if day.toordinal() - start.toordinal() < WALKED_DAYS - 40]
    named = f"TZID={zone}:"
    added = data.draw(
        st.sets(st.integers(1, 400).map(lambda ahead: start + timedelta(ahead, minutes=17)), max_size=3), "added"
    )
    added -= {datetime.combine(day, start.time()) for day in days}
    lines = [f"RDATE;{named}{stamp(moment)}" for moment in added]
    parts = [event(f"DTSTART;{named}{stamp(start)}", f"DURATION:PT{length}M", rule.write(), *lines)]
    begins = sorted({*(datetime.combine(day, start.time()) for day in days), *added})
    changed, later = set(), timedelta()
    if has_change and len(days) > 1:
        since = datetime.combine(data.draw(st.sampled_from(days[1:]), "changed"), start.time())
        later = timedelta(minutes=data.draw(st.integers(-600, 600), "later"))
        parts.append(
            event(
                f"RECURRENCE-ID;RANGE=THISANDFUTURE;{named}{stamp(since)}",
                f"DTSTART;{named}{stamp(since + later)}",
                "DURATION:PT7M",
            )
        )
        changed = {begin for begin in begins if begin >= since}

    first = min(touched(start, where, length)) - 2 * 24 * 60
    last = first + (WALKED_DAYS - 60) * 24 * 60
    expected = {minute for begin in begins if begin not in changed for minute in touched(begin, where, length)}
    expected |= {minute for begin in changed for minute in touched(begin + later, where, 7)}

    assert_busy(calendar(*parts), UTC_ZONE, (first, last), expected)
