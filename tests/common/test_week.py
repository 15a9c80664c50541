"""The week grid and its other spellings."""

from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain import week
from common.domain.week import DayInterval
from tests.support.domain import ALWAYS, REPEATABLE, weeks

EMPTY_DAY = [0] * 24
OFFICE_MONDAY = [0] * 9 + [1] * 3 + [0] * 12
NOT_A_SLOT = [True, False, 1.0, 0.0, "1", "", 2, -1, None, [], {}, Decimal(1), float("nan"), 10**400]
NOT_A_ROW = [
    None,
    {},
    "0" * 24,
    bytes(24),
    tuple(EMPTY_DAY),
    dict.fromkeys(range(24), 0),
    [],
    [0] * 23,
    [0] * 25,
    [*EMPTY_DAY, 2],
    0,
]

grids = st.lists(st.lists(st.sampled_from([0, 1]), min_size=24, max_size=24), min_size=7, max_size=7)
places = st.tuples(st.integers(0, 6), st.integers(0, 23))


def is_grid(rows: object) -> bool:
    """Whether it is 7 lists of 24 integers 0 or 1."""
    return (
        isinstance(rows, list)
        and len(rows) == 7
        and all(isinstance(row, list) and row.count(0) + row.count(1) == 24 == len(row) for row in rows)
        and {type(slot) for row in rows for slot in row} == {int}
    )


def test_a_free_monday_morning_reads_the_same_in_every_spelling() -> None:
    grid = [OFFICE_MONDAY, *[EMPTY_DAY] * 6]

    free = week.from_grid(grid)

    assert not week.grid_faults(grid)
    assert week.to_grid(free) == grid
    assert week.to_intervals(free) == [DayInterval(day=0, start=36, end=48)]
    assert week.from_intervals([DayInterval(0, 36, 48)]) == free
    assert week.digits(free) == "0" * 36 + "1" * 12 + "0" * 624
    assert week.to_hex(free) == "007" + "0" * 39
    assert week.from_digits("000000000111" + "0" * 156) == free


def test_a_quarter_is_no_hour_and_survives() -> None:
    free = week.from_intervals([DayInterval(0, 34, 37)])  # 08:30 to 09:15

    assert week.to_grid(free) == [EMPTY_DAY] * 7
    assert week.to_intervals(free) == [DayInterval(0, 34, 37)]
    assert week.to_hex(free) == "000000003" + "8" + "0" * 158
    assert week.from_hex(week.to_hex(free)) == free
    assert [week.quarters_of(free, 0, hour) for hour in (7, 8, 9, 10)] == [0, 0b0011, 0b1000, 0]
    assert week.from_hours([(0, 8, 0b0011), (0, 9, 0b1000)]) == free


def test_the_last_hour_of_sunday_is_the_last_bit() -> None:
    assert week.from_intervals([DayInterval(6, 92, 96)]) == 0b1111


def test_never_and_always_are_the_empty_and_the_full_grid() -> None:
    assert week.from_grid([EMPTY_DAY] * 7) == week.NEVER
    assert week.from_grid([[1] * 24] * 7) == ALWAYS
    assert week.to_intervals(week.NEVER) == []
    assert week.to_intervals(ALWAYS) == [DayInterval(day, 0, 96) for day in range(7)]


@REPEATABLE
@given(grids)
def test_a_grid_comes_back_as_it_went_in(grid: week.Grid) -> None:
    back = week.to_grid(week.from_grid(grid))

    assert back == grid
    assert is_grid(back)
    assert week.digits(week.from_grid(grid)) == "".join(4 * str(slot) for row in grid for slot in row)


@REPEATABLE
@given(weeks() | grids.map(week.from_grid))
def test_a_week_survives_every_spelling_and_a_grid_holds_its_whole_hours(free: int) -> None:
    hours = [[week.quarters_of(free, day, hour) for hour in range(24)] for day in range(7)]
    assert week.to_grid(free) == [[int(quarters == 0b1111) for quarters in row] for row in hours]
    assert [week.to_row(day) for day in week.to_days(free)] == week.to_grid(free)
    assert week.from_intervals(week.to_intervals(free)) == free
    assert week.from_hex(week.to_hex(free)) == free
    assert int(week.digits(free), 2) == free


@REPEATABLE
@given(weeks() | grids.map(week.from_grid))
def test_spellings_have_a_fixed_length(free: int) -> None:
    is_of_hours = week.from_grid(week.to_grid(free)) == free
    assert len(week.digits(free)) == 672
    assert len(week.to_hex(free)) == (42 if is_of_hours else 168)


@REPEATABLE
@given(grids)
def test_intervals_are_the_fewest_and_none_crosses_midnight(grid: week.Grid) -> None:
    expected = [
        (day, 4 * hours[0], 4 * hours[-1] + 4)
        for day, row in enumerate(grid)
        for free, run in groupby(range(24), key=row.__getitem__)
        for hours in [list(run)]
        if free
    ]

    assert week.to_intervals(week.from_grid(grid)) == expected


@REPEATABLE
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 96)), max_size=8))
def test_overlapping_and_touching_intervals_are_merged(spans: list[tuple[int, int, int]]) -> None:
    intervals = [DayInterval(day, start, min(96, start + length)) for day, start, length in spans]
    free = {(day, quarter) for day, start, end in intervals for quarter in range(start, end)}

    digits = week.digits(week.from_intervals(intervals))

    assert {divmod(place, 96) for place, digit in enumerate(digits) if digit == "1"} == free


@pytest.mark.parametrize("slot", NOT_A_SLOT)
def test_a_slot_is_the_integer_0_or_1_and_nothing_that_equals_it(slot: object) -> None:
    grid = [[*EMPTY_DAY] for _ in range(7)]
    grid[2][5] = slot  # type: ignore[call-overload]

    assert week.grid_faults(grid) == [("[2][5]", "A slot is 0 or 1.")]


@pytest.mark.parametrize("row", NOT_A_ROW)
def test_a_row_is_a_list_of_24(row: object) -> None:
    grid = [*[EMPTY_DAY] * 6, row]

    assert week.grid_faults(grid) == [("[6]", "A row holds 24 hours, each 0 or 1.")]


@pytest.mark.parametrize(
    "rows",
    [
        None,
        {},
        "",
        0,
        [],
        [EMPTY_DAY] * 6,
        [EMPTY_DAY] * 8,
        tuple([EMPTY_DAY] * 7),
        dict.fromkeys(range(7), EMPTY_DAY),
        EMPTY_DAY * 7,
    ],
)
def test_a_grid_is_a_list_of_7(rows: object) -> None:
    assert [place for place, _ in week.grid_faults(rows)] == [""]


@REPEATABLE
@given(grids, st.dictionaries(places, st.sampled_from(NOT_A_SLOT), max_size=5))
def test_every_bad_slot_is_named_once_in_order(grid: list[list[object]], faults: dict[tuple[int, int], object]) -> None:
    for (day, hour), slot in faults.items():
        grid[day][hour] = slot

    assert [place for place, _ in week.grid_faults(grid)] == [f"[{day}][{hour}]" for day, hour in sorted(faults)]


@REPEATABLE
@given(
    grids,
    st.dictionaries(st.integers(0, 6), st.sampled_from(NOT_A_ROW), max_size=2),
    st.dictionaries(places, st.sampled_from([0, 1, *NOT_A_SLOT]), max_size=3),
    st.sampled_from([0, 0, 0, 1, -1]),
)
def test_near_misses_are_told_from_grids(
    grid: list[object], rows: dict[int, object], slots: dict[tuple[int, int], object], extra: int
) -> None:
    for (day, hour), slot in slots.items():
        grid[day][hour] = slot  # type: ignore[index]
    for day, row in rows.items():
        grid[day] = row
    grid = grid[:extra] if extra < 0 else grid + [EMPTY_DAY] * extra

    assert is_grid(grid) == (not week.grid_faults(grid))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 41,
        "0" * 43,
        "0" * 84,
        "0" * 167,
        "0" * 169,
        "A" * 42,
        "g" * 42,
        "0x" + "0" * 40,
        "-" + "0" * 41,
        "+" + "0" * 41,
        "0" * 41 + "\n",
        "0" * 42 + "\n",
        " " + "0" * 41,
        "0_" * 20 + "00",
        "\N{ARABIC-INDIC DIGIT ONE}" * 42,
        "\N{FULLWIDTH DIGIT ONE}" * 42,
    ],
)
def test_from_hex_refuses_anything_but_42_or_168_lower_case_digits(text: str) -> None:
    with pytest.raises(ValueError, match="42 or 168 hexadecimal digits"):
        week.from_hex(text)
