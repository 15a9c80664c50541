"""The VTIMEZONE that we write, read by a library that knows nothing but what it says."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.api import calendars
from common.domain.timezones import zone
from tests.support import calendar_reader
from tests.support.domain import DAY, REPEATABLE, changing_clocks, minute


def clock(where: ZoneInfo, start: int, end: int) -> str:
    text: bytes = calendars.new(calendars.timezone(where, start, end)).to_ical()
    return text.decode()


def test_clocks_go_forward_when_they_would_show_two_and_back_when_they_show_three() -> None:
    text = clock(zone("Europe/Berlin"), minute("2026-01-01T00:00Z"), minute("2027-01-01T00:00Z"))

    summer, *_, winter = (text.partition(f"BEGIN:{part}")[2] for part in ("DAYLIGHT", "STANDARD"))
    assert "DTSTART:20260329T020000\r\n" in summer
    assert "DTSTART:20261025T030000\r\n" in winter


@settings(REPEATABLE, max_examples=60)
@given(changing_clocks(), st.integers(1, 40))
def test_it_shows_what_the_clocks_of_the_zone_show_around_every_change(change: tuple[ZoneInfo, int], days: int) -> None:
    where, at = change
    start, end = at - days * DAY, at + days * DAY
    told = calendar_reader.zone(clock(where, start, end), where.key)

    for look in (start, at - 120, at - 1, at, at + 1, at + 29, at + 30, at + 59, at + 60, at + 120, end - 1):
        shown = datetime.fromtimestamp(look * 60, where)
        assert shown.replace(tzinfo=told).utcoffset() == shown.utcoffset(), shown


@pytest.mark.parametrize("name", ["UTC", "Asia/Kathmandu", "Etc/GMT+12"])
def test_a_zone_whose_clocks_never_change_has_one_observance(name: str) -> None:
    text = clock(zone(name), minute("2024-01-01T00:00Z"), minute("2100-01-01T00:00Z"))

    assert text.count("BEGIN:STANDARD") == 1
    assert "BEGIN:DAYLIGHT" not in text
