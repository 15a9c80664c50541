"""What holds on dates, compared with a model that looks at each minute."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.window import first_minute
from tests.support.domain import (
    DAY,
    REPEATABLE,
    Someone,
    busy,
    changing_clocks,
    free_minutes,
    overrides,
    shown,
    weeks,
)
from user_service.busy_time import pack
from user_service.days import Day, list_days, subtract
from user_service.models import User

NOW = datetime(2026, 11, 30, tzinfo=UTC)
COUNT = 2


def user(zone: ZoneInfo, free: int, **more: Any) -> User:
    return User(
        email="a@b.cd", name="A", created_at=NOW, updated_at=NOW, timezone=zone.key, week=free, has_week=True, **more
    )


def minutes_of(intervals: Sequence[tuple[int, int]]) -> set[int]:
    return {minute for start, end in intervals for minute in range(start, end)}


@settings(REPEATABLE, max_examples=60)
@given(changing_clocks(), weeks(), st.data())
def test_dates_hold_what_each_of_their_minutes_says(
    clock: tuple[ZoneInfo, int], free: int, data: st.DataObject
) -> None:
    zone, change = clock
    first = shown(change, zone).date() - timedelta(days=data.draw(st.integers(-2, COUNT)))
    midnight = first_minute(datetime.combine(first - timedelta(days=1), time()), zone)
    person = Someone(
        "a",
        zone,
        free,
        672,
        data.draw(overrides(midnight, (COUNT + 1) * DAY)),
        data.draw(busy(midnight, (COUNT + 1) * DAY)),
    )

    days = list_days(user(zone, free, overrides=person.overrides, busy=pack(person.busy)), first, COUNT)

    end = first_minute(datetime.combine(first + timedelta(days=COUNT + 1), time()), zone)
    dates = {minute: shown(minute, zone).date() for minute in range(midnight, end)}
    is_free = dict(zip(dates, free_minutes(person, midnight, end), strict=True))
    taken = minutes_of(person.busy)
    assert [day.date for day in days] == [first + timedelta(days=number) for number in range(COUNT)]
    for day in days:
        minutes = {minute for minute, its in dates.items() if its == day.date}
        assert minutes_of([stretch[:2] for stretch in day.stretches]) == minutes
        assert all(_quarter(stretch.start, zone) == stretch.quarter for stretch in day.stretches)
        assert minutes_of(day.free) == {minute for minute in minutes if is_free[minute]}
        assert minutes_of(day.busy) & minutes == taken & minutes
        assert day.is_override == (day.date in person.overrides)
        assert all(before[1] < after[0] for before, after in pairwise(day.free) if before[1] not in taken)


def _quarter(minute: int, zone: ZoneInfo) -> int:
    moment = shown(minute, zone)
    return moment.hour * 4 + moment.minute // 15


def test_a_date_that_a_clock_skips_is_there_and_holds_nothing() -> None:
    days = list_days(user(ZoneInfo("Pacific/Apia"), (1 << 672) - 1), date(2011, 12, 29), 3)

    assert days[1] == Day(date(2011, 12, 30), is_override=False, busy=(), stretches=[])
    assert [sum(end - start for start, end in day.free) for day in days] == [DAY, 0, DAY]


@pytest.mark.parametrize(
    ("busy_time", "left"),
    [
        ([], ((10, 20), (30, 40))),
        ([(0, 10), (20, 30), (40, 50)], ((10, 20), (30, 40))),
        ([(12, 14), (16, 32)], ((10, 12), (14, 16), (32, 40))),
        ([(0, 50)], ()),
    ],
)
def test_what_is_busy_comes_off(busy_time: list[tuple[int, int]], left: tuple[tuple[int, int], ...]) -> None:
    assert subtract([(10, 20), (30, 40)], busy_time) == left
