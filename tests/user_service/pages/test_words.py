"""Times of a day as people write and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.api.serializers import validate
from common.domain.week import QUARTERS
from tests.support.domain import REPEATABLE
from user_service.overrides.serializers import NewOverrideSerializer
from user_service.pages.words import describe_day, split_times


@REPEATABLE
@given(st.integers(0, 2**QUARTERS - 1))
def test_what_is_written_of_a_day_can_be_sent_back(free: int) -> None:
    intervals = split_times(describe_day(free))

    assert validate(NewOverrideSerializer, {"intervals": intervals})["free"] == free


@pytest.mark.parametrize("text", ["", " ", ",;\n,", "and"])
def test_nothing_is_no_time(text: str) -> None:
    assert split_times(text) == []


@pytest.mark.parametrize("text", ["9", "9 12", "9-", "-12", "9-12-14", "9:5-12", "009-12", "9am-5pm", "9-12 x", "band"])
def test_what_is_no_stretch_of_time_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        split_times(f"8-9, {text}")
