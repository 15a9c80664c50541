"""Time zones: which names there are, and what the rest of the code relies upon about them."""

import importlib.resources
import re
import struct
import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from common.domain import timezones

DAY_SECONDS = 24 * 3600
RULE = re.compile(r"[^,]+,M(\d+)\.[1-5]\.[0-6][^,]*,M(\d+)\.[1-5]\.[0-6][^,]*")


class Change(NamedTuple):
    """At the second `at` since 1970 the offset from UTC goes from `before` to `after` seconds."""

    at: int
    before: int
    after: int


class Zone(NamedTuple):
    """What a file of the time zone database says: single changes, then a rule for all years to come."""

    changes: list[Change]
    last: int
    rule: str


@cache
def database(name: str) -> Zone:
    """Read as RFC 9636 describes it: a block for old readers, one with times of 64 bits, the rule."""
    data = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    utcs, walls, leaps, times, types, letters = struct.unpack_from(">6l", data, 20)
    block = 44 + 5 * times + 6 * types + letters + 8 * leaps + walls + utcs
    utcs, walls, leaps, times, types, letters = struct.unpack_from(">6l", data, block + 20)
    at = block + 44
    moments = struct.unpack_from(f">{times}q", data, at)
    kinds = data[at + 8 * times : at + 9 * times]
    offsets = [struct.unpack_from(">l", data, at + 9 * times + 6 * kind)[0] for kind in range(types)]
    rule = data[at + 9 * times + 6 * types + letters + 12 * leaps + walls + utcs :].decode().strip()
    steps = pairwise([offsets[0], *(offsets[kind] for kind in kinds)])
    found = [
        Change(moment, before, after) for moment, (before, after) in zip(moments, steps, strict=True) if before != after
    ]
    return Zone(found, moments[-1] if moments else 0, rule)


def offset(name: str, second: int) -> float:
    shift = datetime.fromtimestamp(second, timezones.zone(name)).utcoffset()
    assert shift is not None
    return shift.total_seconds()


def test_a_zone_is_found_by_its_iana_name() -> None:
    kathmandu = timezones.zone("Asia/Kathmandu")

    assert kathmandu.key == "Asia/Kathmandu"
    assert kathmandu.utcoffset(datetime(2026, 11, 23, tzinfo=UTC)) == timedelta(hours=5, minutes=45)


def test_the_default_is_a_zone() -> None:
    assert timezones.zone(timezones.DEFAULT).key == "UTC"


def test_names_are_those_of_the_tzdata_package_that_have_a_clock() -> None:
    listed = importlib.resources.files("tzdata").joinpath("zones").read_text().split()

    assert timezones.names() == set(listed) - {"Factory"}
    assert len(listed) > 500


def test_the_database_of_the_operating_system_is_not_read() -> None:
    assert zoneinfo.TZPATH == ()


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "../../etc/passwd",
        "../zoneinfo/UTC",
        "/etc/localtime",
        "/usr/share/zoneinfo/UTC",
        "Europe",
        "Europe/",
        "Europe/../Europe/Berlin",
        "Europe//Berlin",
        "Europe\\Berlin",
        "Europe/Berlin\0",
        "Europe/Berlin\n",
        " Europe/Berlin",
        "europe/berlin",
        "posix/Europe/Berlin",
        "tzdata.zi",
        "zone.tab",
        "__init__.py",
        "localtime",
        "posixrules",
        "Factory",
        "CEST",
        "+01:00",
        "UTC+1",
        "\ud800",
    ],
)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        timezones.zone(name)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        (" NEW  YORK ", "America/New_York"),
        ("Port au Prince", "America/Port-au-Prince"),
        ("São Paulo", "America/Sao_Paulo"),
        ("ROME", "Europe/Rome"),
        ("Knox", "America/Indiana/Knox"),
        ("Louisville", "America/Louisville"),
        ("america/kentucky/louisville", "America/Kentucky/Louisville"),
        ("Europe/Kathmandu", "Asia/Kathmandu"),
        ("Eastern", "US/Eastern"),
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("Berlni", "Europe/Berlin"),
        ("AMERICA/NEW_YORK", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_place_or_a_slip_is_answered_with_the_name_that_is_meant(typed: str, meant: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"'{typed}'")) as caught:
        timezones.zone(typed)

    assert str(caught.value).endswith(f" Did you mean '{meant}'?")


ABBREVIATIONS = {
    abbreviation
    for name in timezones.names()
    for year in range(1970, 2031, 5)
    for month in (1, 7)
    if (abbreviation := datetime(year, month, 1, tzinfo=timezones.zone(name)).tzname())
    and abbreviation not in timezones.names()
}


def test_an_abbreviation_an_offset_or_a_name_like_no_other_gets_no_hint() -> None:
    offsets = [f"{clock}{hours:+d}" for clock in ("", "UTC", "GMT", "utc ") for hours in range(-12, 15) if hours]
    long_offsets = [f"{offset}:00" for offset in offsets]

    assert {"CEST", "MSK", "WEST", "BST", "PDT"} <= ABBREVIATIONS
    for name in [*ABBREVIATIONS, *map(str.lower, ABBREVIATIONS - {"UTC"}), *offsets, *long_offsets, "qqqqqqqq"]:
        with pytest.raises(ValueError, match=f"^{re.escape(repr(name))} is not .* IANA name of a place, such as "):
            timezones.zone(name)


def test_a_huge_name_is_not_repeated_in_full() -> None:
    with pytest.raises(ValueError, match="is not an IANA time zone") as caught:
        timezones.zone("x" * 1_000_000)

    assert len(str(caught.value)) < 200


def test_the_database_is_read_rightly_here() -> None:
    assert Change(323830800, 3600, 7200) in database("Europe/Berlin").changes
    assert Change(1325239200, -36000, 50400) in database("Pacific/Apia").changes
    assert database("Australia/Lord_Howe").rule == "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
    for name in timezones.names():
        for change in database(name).changes:
            if change.at >= 0:
                assert (offset(name, change.at - 1), offset(name, change.at)) == (change.before, change.after)


def test_no_zone_changes_its_offset_twice_within_a_day_since_1970() -> None:
    """offsets() looks at each day once, and would miss a change there and back between two looks."""
    hasty = [
        (name, first, second)
        for name in timezones.names()
        for first, second in pairwise(database(name).changes)
        if second.at >= 0 and second.at - first.at < DAY_SECONDS
    ]

    assert hasty == []


def test_the_rules_for_years_to_come_keep_the_two_changes_of_a_year_months_apart() -> None:
    rules = sorted({database(name).rule for name in timezones.names() if "," in database(name).rule})

    assert len(rules) > 20
    for rule in rules:
        found = RULE.fullmatch(rule)
        assert found, rule
        one, other = map(int, found.groups())
        assert (one - other) % 12 not in (0, 1, 11), rule


def test_no_rule_begins_with_a_change_in_the_day_after_the_last_single_one() -> None:
    restless = [
        name
        for name in timezones.names()
        if "," in database(name).rule
        for last in [max(database(name).last, 0)]
        if len({offset(name, second) for second in range(last, last + DAY_SECONDS, 60)}) > 1
    ]

    assert restless == []
