"""A user as bytes, and the versions of a user."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.timezones import names
from tests.support.domain import REPEATABLE, weeks
from user_service import models
from user_service.models import User

ANN = User("ann@example.org", "Ann", "Europe/Berlin", 5, 1_764_000_000_000_001, 1_764_000_000_000_002)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
stored_times = st.integers(0, 2**52)
people = st.builds(User, texts, texts, st.sampled_from(sorted(names())), weeks(), stored_times, stored_times)


def test_a_user_comes_back_from_their_record() -> None:
    assert models.decode("ann@example.org", ANN.encode()) == ANN


@REPEATABLE
@given(people)
def test_any_user_comes_back_from_their_record(user: User) -> None:
    record = user.encode()

    assert models.decode(user.email, record) == user
    assert models.decode_availability(record) == (user.timezone, user.week)
    assert models.decode_week(record) == user.week


def test_the_email_is_not_in_the_record_for_it_is_the_key() -> None:
    assert b"ann@" not in ANN.encode()


def test_a_record_of_another_layout_is_refused_not_misread() -> None:
    for read in (models.decode_week, partial(models.decode, "ann@example.org")):
        for record in (b"2", b"2" + ANN.encode()[1:]):
            with pytest.raises(ValueError, match="layout b'2'"):
                read(record)


@REPEATABLE
@given(moments)
def test_a_time_comes_back_to_the_microsecond(moment: datetime) -> None:
    told = models.moment(models.microseconds(moment))

    assert told.endswith("Z")
    assert datetime.fromisoformat(told) == moment


CHANGES = [
    {"name": "Ann B."},
    {"timezone": "UTC"},
    {"week": 6},
    {"created_at": ANN.created_at + 1},
    {"updated_at": ANN.updated_at + 1},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_any_change_makes_another_version_of_the_user(change: dict[str, object]) -> None:
    assert models.user_version(replace(ANN, **change)) != models.user_version(ANN)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_only_week_and_time_zone_make_another_version_of_the_availability(change: dict[str, object]) -> None:
    changed = models.availability_version(replace(ANN, **change)) != models.availability_version(ANN)  # type: ignore[arg-type]

    assert changed == bool({"week", "timezone"} & change.keys())


@REPEATABLE
@given(people)
def test_a_version_is_a_strong_entity_tag(user: User) -> None:
    for version in (models.user_version(user), models.availability_version(user)):
        assert version[0] == version[-1] == '"'
        assert version[1:-1].isalnum()
