"""The window: reading moments, filling in defaults, and where local days begin."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from common.domain.timezones import zone
from common.domain.window import Window, WindowError, first_minute, local, next_hour, parse_moment, resolve, rfc3339
from tests.support.domain import DAY, REPEATABLE, ZONES, changing_clocks, minute, minutes_of_history, quarters, shown

NOW = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
MESSAGES = re.compile(
    r"In a URL the \+ of an offset must be written %2B\."
    r"|'.{0,40}' is not a day or a time that exists\."
    r"|Write a date \(2026-11-23\) or an RFC 3339 time with its offset \(2026-11-23T09:00:00\+01:00\)\."
    r"|A window lies between the years 1970 and 2100\.",
    re.DOTALL,
)
SUNDAY_1, SUNDAY_2 = 6 * 24 + 1, 6 * 24 + 2

Place = tuple[ZoneInfo, int]

later = st.one_of(st.integers(-70, 70), st.integers(-DAY, DAY))
moments = st.one_of(
    st.builds(lambda change, minutes: (change[0], change[1] + minutes), changing_clocks(), later),
    st.tuples(st.sampled_from(ZONES).map(zone), minutes_of_history()),
)


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def read(text: str) -> tuple[date | None, str]:
    try:
        return parse_moment(text), ""
    except ValueError as fault:
        return None, str(fault)


def first_showing(wanted: datetime, where: ZoneInfo, about: int) -> int:
    """Walks from a day before `about` to a day after it."""
    walk = range(about - 28 * 60, about + 28 * 60)
    clock = [shown(at, where) for at in walk]
    showing = [time == wanted for time in clock]
    after = [time > wanted for time in clock]
    return walk[(showing if any(showing) else after).index(True)]


def test_a_week_in_berlin_is_read_and_resolved() -> None:
    berlin = zone("Europe/Berlin")

    window = resolve(parse_moment("2026-11-23T09:00:00+01:00"), parse_moment("2026-11-30"), berlin, NOW)

    assert window == Window(minute("2026-11-23T08:00Z"), minute("2026-11-29T23:00Z"), berlin)
    assert rfc3339(window.start, berlin) == "2026-11-23T09:00:00+01:00"
    assert rfc3339(window.end, berlin) == "2026-11-30T00:00:00+01:00"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2024-02-29", date(2024, 2, 29)),
        ("1970-01-01", date(1970, 1, 1)),
        ("2101-01-01", date(2101, 1, 1)),
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23t09:00:00z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00+01:00", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23T09:00+05:45", datetime(2026, 11, 23, 3, 15, tzinfo=UTC)),
        ("2026-11-23T00:00:00-03:30", datetime(2026, 11, 23, 3, 30, tzinfo=UTC)),
        ("2026-11-23T09:00:00-00:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T23:59:59.5Z", datetime(2026, 11, 23, 23, 59, 59, 500_000, tzinfo=UTC)),
        ("2026-11-23T09:00:00.123456789Z", datetime(2026, 11, 23, 9, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_dates_and_rfc_3339_times_are_read(text: str, meant: date) -> None:
    moment = parse_moment(text)

    assert moment == meant
    assert type(moment) is type(meant)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "now",
        "1795424400",
        "2026-11",
        "2026-11-23T",
        "2026-11-23T09Z",
        "2026-11-23T09:00:00",
        "2026-11-23T09:00:00.Z",
        "2026-11-23T09:00:00,5Z",
        "2026-11-23 09:00:00Z",
        "2026-11-23T09:00:00+01",
        "2026-11-23T09:00:00+0100",
        "2026-11-23T09:00:00\N{MINUS SIGN}01:00",
        "2026-11-23T09:00:00 Z",
        "20261123",
        "20261123T090000Z",
        "2026-W48-1",
        "2026W481",
        "2026-327",
        "2026-11-23\n",
        " 2026-11-23",
        "2026-11-23T09:00:00Z\n",
        "+2026-11-23",
        "26-11-23",
        "12026-11-23",
        "23.11.2026",
        "\N{FULLWIDTH DIGIT TWO}026-11-23",
        "\N{ARABIC-INDIC DIGIT TWO}026-11-23",
        "2026-11-23T\N{DEVANAGARI DIGIT ZERO}9:00:00Z",
        "9" * 1_000_000,
        "\0",
    ],
)
def test_what_is_neither_is_answered_with_an_example_of_each(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Write a date \(2026-11-23\) or an RFC 3339 time"):
        parse_moment(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-11-00",
        "0000-01-01",
        "2026-02-30T09:00:00Z",
        "2026-11-23T25:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T24:00Z",
        "2026-11-23T23:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-11-23T09:00:00+24:00",
        "2026-11-23T09:00:00+01:60",
        "2026-11-23T09:00:00-01:99",
    ],
)
def test_a_day_or_a_time_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=MESSAGES) as caught:
        parse_moment(text)

    assert MESSAGES.fullmatch(str(caught.value))


@pytest.mark.parametrize(
    "text",
    [
        "1969-12-31",
        "1969-12-31T23:59:59Z",
        "2102-01-01",
        "0001-01-01",
        "9999-12-31",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_a_year_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="between the years 1970 and 2100"):
        parse_moment(text)


@pytest.mark.parametrize("text", ["2026-11-23T09:00:00 01:00", "2026-11-23T09:00 05:45", "2026-11-23T09:00:00.5 01:00"])
def test_a_plus_that_a_url_turned_into_a_space_is_explained(text: str) -> None:
    with pytest.raises(ValueError, match="%2B"):
        parse_moment(text)


def test_a_huge_text_is_refused_at_once() -> None:
    began = process_time()

    with pytest.raises(ValueError, match="Write a date"):
        parse_moment("T " * 40_000)

    # A pattern that backtracks takes seconds for these 80 kB, and hours for the 2 MiB that a body may hold.
    assert process_time() - began < 1


@REPEATABLE
@given(
    st.one_of(
        st.text(max_size=30),
        st.from_regex(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9](T[012][0-9]:[0-9]0([zZ]|[+ ]0[0-9]:00)?)?", fullmatch=True),
        st.from_regex(r"(197|202|210)[0-9]-[01]1-[0-3]1T[012]0:[0-6]0:[0-6]0[+-][012]0:[0-6]0", fullmatch=True),
    )
)
def test_any_text_is_a_moment_or_an_error_for_people(text: str) -> None:
    moment, fault = read(text)

    if moment is None:
        assert MESSAGES.fullmatch(fault)
    else:
        assert 1970 <= moment.year <= 2101
        assert not isinstance(moment, datetime) or moment.utcoffset() is not None
        assert moment.isoformat()[:10] == text[:10]


def test_the_default_window_begins_at_the_next_hour_and_lasts_seven_days() -> None:
    window = resolve(None, None, zone("UTC"), NOW)

    assert window == Window(minute("2026-11-23T09:00Z"), minute("2026-11-30T09:00Z"), zone("UTC"))


def test_an_hour_that_begins_now_is_the_next_hour() -> None:
    hour = datetime(2026, 11, 23, 9, tzinfo=UTC)

    assert next_hour(hour, zone("UTC")) == minute("2026-11-23T09:00Z")
    assert next_hour(hour + timedelta(microseconds=1), zone("UTC")) == minute("2026-11-23T10:00Z")


def test_only_the_end_is_defaulted_when_a_start_is_given() -> None:
    window = resolve(date(2026, 3, 27), None, zone("Europe/Berlin"), NOW)

    assert rfc3339(window.start, window.zone) == "2026-03-27T00:00:00+01:00"
    assert rfc3339(window.end, window.zone) == "2026-04-03T00:00:00+02:00"


@pytest.mark.parametrize(
    ("name", "now", "exceptions"),
    [
        ("Europe/Berlin", "2026-11-23T08:20:00Z", {}),
        ("Asia/Kathmandu", "2026-11-23T08:20:00Z", {}),
        ("Europe/Berlin", "2026-03-26T08:20:00Z", {SUNDAY_2: 0}),
        ("Europe/Berlin", "2026-10-22T08:20:00Z", {SUNDAY_2: 120}),
        ("Australia/Lord_Howe", "2026-10-01T08:20:00Z", {SUNDAY_2: 30}),
        ("Australia/Lord_Howe", "2026-04-02T08:20:00Z", {SUNDAY_1: 90}),
        ("Pacific/Apia", "2011-12-28T08:20:00Z", dict.fromkeys(range(4 * 24, 5 * 24), 0)),
    ],
)
def test_the_default_window_holds_each_weekly_hour_once_but_for_what_a_clock_change_skips_or_repeats(
    name: str, now: str, exceptions: dict[int, int]
) -> None:
    window = resolve(None, None, zone(name), datetime.fromisoformat(now))

    minutes = Counter(quarter // 4 for quarter in quarters(zone(name), window.start, window.end))

    assert {slot: minutes[slot] for slot in range(168) if minutes[slot] != 60} == exceptions


@REPEATABLE
@given(moments, st.integers(0, 59))
def test_the_default_window_is_seven_days_of_the_calendar_from_the_next_hour(moment: Place, second: int) -> None:
    where, now = moment

    window = resolve(None, None, where, at(now * 60 + second))

    assert window.start == next_hour(at(now * 60 + second), where)
    in_seven_days = shown(window.start, where) + timedelta(days=7)
    assert window.end == first_showing(in_seven_days, where, window.start + 7 * DAY)


@pytest.mark.parametrize(
    ("name", "now", "hour"),
    [
        ("Asia/Kathmandu", "2026-11-23T08:00:00Z", "2026-11-23T14:00:00+05:45"),
        ("Asia/Kathmandu", "2026-11-23T08:15:00Z", "2026-11-23T14:00:00+05:45"),
        ("Asia/Kathmandu", "2026-11-23T08:15:01Z", "2026-11-23T15:00:00+05:45"),
        ("Australia/Lord_Howe", "2026-10-04T01:45:00+10:30", "2026-10-04T03:00:00+11:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:15:00+11:00", "2026-04-05T02:00:00+10:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00+10:30", "2026-04-05T02:00:00+10:30"),
        ("Europe/Berlin", "2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T02:10:00+02:00", "2026-10-25T02:00:00+01:00"),
        ("America/Caracas", "2016-05-01T02:10:00-04:30", "2016-05-01T03:00:00-04:00"),
    ],
)
def test_the_next_hour_is_the_next_that_the_clock_on_the_wall_shows(name: str, now: str, hour: str) -> None:
    assert rfc3339(next_hour(datetime.fromisoformat(now), zone(name)), zone(name)) == hour


@settings(REPEATABLE, max_examples=500)
@given(moments, st.sampled_from([0, 0.000_001, 30, 59.5]))
def test_the_next_hour_is_the_first_that_a_walk_by_minutes_meets(moment: Place, seconds: float) -> None:
    where, now = moment
    expected = now + bool(seconds)
    while shown(expected, where).minute:
        expected += 1

    assert next_hour(at(now * 60) + timedelta(seconds=seconds), where) == expected


@pytest.mark.parametrize(
    ("name", "wanted", "meant"),
    [
        ("Europe/Berlin", "2026-11-23T09:00", "2026-11-23T09:00:00+01:00"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:30:00+11:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-05T01:45:00+11:00"),
        ("America/Havana", "2026-03-08T00:00", "2026-03-08T01:00:00-04:00"),
        ("America/Havana", "2025-11-02T00:00", "2025-11-02T00:00:00-04:00"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-24T01:00:00+03:00"),
        ("Africa/Cairo", "2026-10-29T23:00", "2026-10-29T23:00:00+03:00"),
        ("Pacific/Apia", "2011-12-30T00:00", "2011-12-31T00:00:00+14:00"),
        ("Pacific/Apia", "2011-12-30T15:00", "2011-12-31T00:00:00+14:00"),
        ("Africa/Monrovia", "1971-06-01T00:00", "1971-06-01T00:45:00+00:00"),
        ("Africa/Monrovia", "1972-01-07T00:00", "1972-01-07T00:45:00+00:00"),
    ],
)
def test_a_local_time_is_its_first_minute_or_the_first_after_the_change_that_skips_it(
    name: str, wanted: str, meant: str
) -> None:
    assert rfc3339(first_minute(datetime.fromisoformat(wanted), zone(name)), zone(name)) == meant


@settings(REPEATABLE, max_examples=200)
@given(moments, st.integers(-70, 70))
@example((zone("Pacific/Apia"), minute("2011-12-30T09:00Z")), 60)
@example((zone("Africa/Monrovia"), minute("1972-01-07T00:30Z")), 20)
def test_the_first_minute_is_the_one_that_a_walk_by_minutes_meets(moment: Place, moved: int) -> None:
    where, about = moment
    wanted = shown(about, where).replace(second=0) + timedelta(minutes=moved)

    assert first_minute(wanted, where) == first_showing(wanted, where, about)


@pytest.mark.parametrize(
    ("name", "start", "end", "hours"),
    [
        ("Europe/Berlin", "2026-11-23", "2026-11-24", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-30", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-26", 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-05", 23.5),
        ("America/Havana", "2026-03-08", "2026-03-09", 23),
        ("America/Havana", "2025-11-02", "2025-11-03", 25),
        ("Africa/Cairo", "2026-04-24", "2026-04-25", 23),
        ("Pacific/Apia", "2011-12-29", "2011-12-31", 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_makes_it(name: str, start: str, end: str, hours: float) -> None:
    window = resolve(parse_moment(start), parse_moment(end), zone(name), NOW)

    assert (window.end - window.start) / 60 == hours


def test_the_day_that_apia_skipped_is_an_empty_window() -> None:
    with pytest.raises(WindowError, match="later than start") as caught:
        resolve(date(2011, 12, 30), date(2011, 12, 31), zone("Pacific/Apia"), NOW)

    assert caught.value.field == "end"


def test_a_window_is_the_whole_minutes_within_what_was_asked() -> None:
    start, end = parse_moment("2026-11-23T09:00:00.5Z"), parse_moment("2026-11-23T09:05:59.9Z")

    window = resolve(start, end, zone("UTC"), NOW)

    assert (window.start, window.end) == (minute("2026-11-23T09:01Z"), minute("2026-11-23T09:05Z"))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-23", "2026-11-23"),
        ("2026-11-23", "2026-11-22"),
        ("2026-11-23T09:00Z", "2026-11-23T09:00Z"),
        ("2026-11-23T09:00Z", "2026-11-23T10:00+01:00"),
    ],
)
def test_an_empty_window_is_refused(start: str, end: str) -> None:
    with pytest.raises(WindowError, match=r"^The end must be later than start\.$") as caught:
        resolve(parse_moment(start), parse_moment(end), zone("UTC"), NOW)

    assert caught.value.field == "end"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-23T09:00:10Z", "2026-11-23T09:01:50Z"),
        ("2026-11-23T09:00:10Z", "2026-11-23T09:00:11Z"),
        ("2026-11-23", "2026-11-23T00:00:30Z"),
        (None, "2026-11-23T09:00:30Z"),
    ],
)
def test_a_window_without_a_whole_minute_is_refused_in_true_words(start: str | None, end: str) -> None:
    with pytest.raises(WindowError, match=r"^There is no whole minute between the start and the end\.$") as caught:
        resolve(parse_moment(start) if start else None, parse_moment(end), zone("UTC"), NOW)

    assert caught.value.field == "end"


def test_an_end_in_the_past_says_where_the_window_begins_when_no_start_was_given() -> None:
    with pytest.raises(WindowError, match=re.escape("now (2026-11-23T10:00:00+01:00)")) as caught:
        resolve(None, date(2026, 11, 1), zone("Europe/Berlin"), NOW)

    assert caught.value.field == "end"


@pytest.mark.parametrize(
    ("name", "start", "last", "too_late"),
    [
        ("UTC", "2026-11-01T00:00Z", "2027-02-01T00:00Z", "2027-02-01T00:01Z"),
        ("UTC", "2026-11-01T09:30Z", "2027-02-01T09:30Z", "2027-02-01T09:31Z"),
        ("Europe/Berlin", "2026-06-01", "2026-09-01", "2026-09-01T00:01+02:00"),
        ("Europe/Berlin", "2026-09-01", "2026-12-02", "2026-12-02T00:01+01:00"),
        ("Pacific/Chatham", "2026-02-01", "2026-05-04", "2026-05-04T00:01+12:45"),
    ],
)
def test_92_days_of_the_calendar_are_allowed_and_not_a_minute_more(
    name: str, start: str, last: str, too_late: str
) -> None:
    resolve(parse_moment(start), parse_moment(last), zone(name), NOW)

    with pytest.raises(WindowError, match="at most 92 days") as caught:
        resolve(parse_moment(start), parse_moment(too_late), zone(name), NOW)

    assert caught.value.field == "end"


def test_92_days_of_the_calendar_are_allowed_when_a_clock_change_shortens_them() -> None:
    window = resolve(date(2026, 3, 1), date(2026, 6, 1), zone("Europe/Berlin"), NOW)

    assert window.end - window.start == 92 * DAY - 60


@pytest.mark.parametrize("name", ["UTC", "Pacific/Kiritimati", "Pacific/Marquesas"])
def test_the_first_and_the_last_day_of_the_years_allowed_may_be_asked_about_anywhere(name: str) -> None:
    first = resolve(date(1970, 1, 1), date(1970, 1, 2), zone(name), NOW)
    last = resolve(date(2100, 12, 31), date(2101, 1, 1), zone(name), NOW)

    assert first.end - first.start == last.end - last.start == DAY


@pytest.mark.parametrize(
    ("name", "start", "end", "field"),
    [
        ("America/New_York", "1970-01-01T00:00Z", "1970-01-02T00:00Z", "start"),
        ("UTC", "1970-01-01T00:00+00:01", "1970-01-02T00:00Z", "start"),
        ("UTC", "2100-12-31", "2101-01-01T00:01Z", "end"),
        ("Asia/Kolkata", "2100-12-31", "2101-01-01T00:00Z", "end"),
        ("UTC", "2101-01-01", "2101-01-02", "start"),
    ],
)
def test_a_window_that_leaves_the_years_allowed_is_refused(name: str, start: str, end: str, field: str) -> None:
    with pytest.raises(WindowError, match="between the years 1970 and 2100") as caught:
        resolve(parse_moment(start), parse_moment(end), zone(name), NOW)

    assert caught.value.field == field


@REPEATABLE
@given(moments)
@example((zone("Africa/Monrovia"), minute("1971-06-01T00:00Z")))
def test_a_written_minute_is_read_back_as_the_same_minute(moment: Place) -> None:
    where, about = moment
    text = rfc3339(about, where)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00[+-]\d\d:\d\d", text)
    assert datetime.fromisoformat(text) == at(about * 60)
    assert parse_moment(text) == at(about * 60)


@REPEATABLE
@given(moments)
def test_a_minute_is_written_by_the_clock_of_its_zone(moment: Place) -> None:
    where, about = moment
    time = shown(about, where)
    # The offset of Monrovia until 1972 cannot be written in whole minutes.
    assume(time.second == 0)

    assert local(about, where) == time
    assert rfc3339(about, where)[:19] == time.isoformat()


def test_an_offset_with_seconds_is_written_in_utc() -> None:
    monrovia = zone("Africa/Monrovia")

    assert rfc3339(minute("1971-06-01T00:00Z"), monrovia) == "1971-06-01T00:00:00+00:00"
    assert local(minute("1971-06-01T00:00Z"), monrovia) == datetime.fromisoformat("1971-05-31T23:15:30")
