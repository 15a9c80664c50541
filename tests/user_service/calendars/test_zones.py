"""The time zones that other programs name, as weeks and busy time read them."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from common.domain import timezones
from common.domain.window import EPOCH, MINUTE
from tests.user_service.calendars.test_reading import ANN, CUSTOM
from user_service.calendars.reading.calendar_file import read_calendar
from user_service.ics.components import Component, parse, write
from user_service.ics.zones import find_zone, name_zones


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("FLE Standard Time", "Europe/Kiev"),
        ("W. Europe", "Europe/Berlin"),
        ("Romance", "Europe/Paris"),
        ("Eastern", "America/New_York"),
        ("India", "Asia/Calcutta"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/Dublin"),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/Dublin"),
        ("(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "US/Eastern"),
        ("(UTC-03:30) Newfoundland", "Canada/Newfoundland"),
        ("(UTC) Coordinated Universal Time", "UTC"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("UTC+01:00", "Etc/GMT-1"),
        ("UTC-08", "Etc/GMT+8"),
        ("GMT+0900", "Etc/GMT-9"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/America/Argentina/Salta", "America/Argentina/Salta"),
    ],
)
def test_a_name_is_understood(name: str, zone: str) -> None:
    assert find_zone(name) == zone


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Custom",
        "Customized Time Zone",
        "Mars/Utopia",
        "UTC+05:30",
        "UTC+99",
        "(UTC+03:00) Berlin",
        "(UTC+99:00) Berlin",
        "(UTC-03:00) Brasilia",
        "CEST",
        " Standard Time",
    ],
)
def test_a_name_that_nobody_knows_is_told(name: str) -> None:
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        find_zone(name)


def test_each_name_of_windows_is_that_of_a_zone() -> None:
    assert {find_zone(name) for name in WINDOWS_TO_OLSON} <= timezones.names()


def zones(*lines: str) -> Component:
    """A calendar with these lines, in which zones are named."""
    [calendar] = parse("\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode()).components
    name_zones(calendar)
    return calendar


def definition(name: str, *lines: str) -> list[str]:
    return ["BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE"]


def event(name: str) -> list[str]:
    return ["BEGIN:VEVENT", f'DTSTART;TZID="{name}":20261123T090000', "END:VEVENT"]


@pytest.mark.parametrize(
    ("lines", "zone", "is_defined"),
    [
        ([*definition("Europe/Berlin"), *event("Europe/Berlin")], "Europe/Berlin", False),
        ([*definition("Romance Standard Time"), *event("Romance Standard Time")], "Europe/Paris", False),
        (event("Romance"), "Europe/Paris", False),
        ([*definition("Romance"), *event("Romance")], "Romance", True),
        ([*event("Mine/GMT"), *definition("Mine/GMT")], "Mine/GMT", True),
        ([*event("Mine"), *definition("Mine", "X-LIC-LOCATION:Asia/Tokyo")], "Asia/Tokyo", False),
        ([*event("Mine"), *definition("Mine", "X-LIC-LOCATION:Nowhere")], "Mine", True),
        ([*event("(UTC+99:00) A, B"), *definition("(UTC+99:00) A\\, B")], "(UTC+99:00) A, B", True),
        (event("Mine"), "Mine", False),
    ],
)
def test_a_definition_holds_where_a_name_is_not_known_for_certain(
    lines: list[str], zone: str, is_defined: bool
) -> None:
    calendar = zones(*lines)

    *definitions, read = calendar.components
    assert read.properties["DTSTART"][0].params == {"TZID": zone}
    assert [found.properties["TZID"][0].value for found in definitions] == [zone] * is_defined


def test_the_zone_of_the_calendar_and_those_inside_its_parts_are_named() -> None:
    part = ["BEGIN:VAVAILABILITY", *event("Romance"), "END:VAVAILABILITY"]

    calendar = zones("X-WR-TIMEZONE:Tokyo Standard Time", *part)

    assert write(calendar).decode().splitlines() == [
        "BEGIN:VCALENDAR",
        "X-WR-TIMEZONE:Asia/Tokyo",
        "BEGIN:VAVAILABILITY",
        "BEGIN:VEVENT",
        'DTSTART;TZID="Europe/Paris":20261123T090000',
        "END:VEVENT",
        "END:VAVAILABILITY",
        "END:VCALENDAR",
    ]


def test_busy_time_goes_by_whatever_other_programs_call_its_zones() -> None:
    offsets = {
        "W. Europe": 1,
        "Romance": 1,
        "Eastern": -5,
        "India": 5.5,
        "FLE Standard Time": 2,
        "(UTC+00:00) Dublin, Edinburgh, Lisbon, London": 0,
        "tzone://Microsoft/Utc": 0,
        "UTC+01:00": 1,
        "/freeassociation.sourceforge.net/Europe/Berlin": 1,
        "/mozilla.org/20050126_1/Europe/Berlin": 1,
        "Customized Time Zone": 4,
        "Mine": 9,
    }
    days = [datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(ahead) for ahead in range(len(offsets) + 1)]
    events = [
        line
        for day, name in zip(days, [*offsets, "Mars/Utopia"], strict=True)
        for line in ("BEGIN:VEVENT", f'DTSTART;TZID="{name}":{day:%Y%m%dT%H%M%S}', "DURATION:PT1H", "END:VEVENT")
    ]
    lines = ["BEGIN:VCALENDAR", *CUSTOM.splitlines(), *definition("Mine", "X-LIC-LOCATION:Asia/Tokyo"), *events]
    start, end = ((day - EPOCH) // MINUTE for day in (days[0] - timedelta(2), days[-1] + timedelta(2)))

    reading = read_calendar("\r\n".join([*lines, "END:VCALENDAR", ""]).encode(), ANN, start, end)

    begins = [
        (day - timedelta(hours=hours) - EPOCH) // MINUTE for day, hours in zip(days, offsets.values(), strict=False)
    ]
    assert reading.busy == tuple((begin, begin + 60) for begin in begins)
    assert reading.unread_events == 1  # nobody knows it, and so it is not taken for UTC
