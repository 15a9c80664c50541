"""A user as bytes, and the versions of a user."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.zones import names
from tests.domain import REPEATABLE, weeks
from user_service import users
from user_service.users import User

ANN = User("ann@example.org", "Ann", "Europe/Berlin", 5, 1_764_000_000_000_001, 1_764_000_000_000_002)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
stored_times = st.integers(0, 2**52)
people = st.builds(User, texts, texts, st.sampled_from(sorted(names())), weeks(), stored_times, stored_times)


def test_a_user_comes_back_from_their_record() -> None:
    assert users.decode("ann@example.org", ANN.encode()) == ANN


@REPEATABLE
@given(people)
def test_any_user_comes_back_from_their_record(user: User) -> None:
    record = user.encode()

    assert users.decode(user.email, record) == user
    assert users.decode_availability(record) == (user.timezone, user.week)
    assert users.decode_week(record) == user.week


def test_the_email_is_not_in_the_record_for_it_is_the_key() -> None:
    assert b"ann@" not in ANN.encode()


def test_a_record_of_another_layout_is_refused_not_misread() -> None:
    for read in (users.decode_week, partial(users.decode, "ann@example.org")):
        for record in (b"2", b"2" + ANN.encode()[1:]):
            with pytest.raises(ValueError, match="layout b'2'"):
                read(record)


@REPEATABLE
@given(moments)
def test_a_time_comes_back_to_the_microsecond(moment: datetime) -> None:
    told = users.moment(users.microseconds(moment))

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
    assert users.user_version(replace(ANN, **change)) != users.user_version(ANN)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_only_week_and_time_zone_make_another_version_of_the_availability(change: dict[str, object]) -> None:
    changed = users.availability_version(replace(ANN, **change)) != users.availability_version(ANN)  # type: ignore[arg-type]

    assert changed == bool({"week", "timezone"} & change.keys())


@REPEATABLE
@given(people)
def test_a_version_is_a_strong_entity_tag(user: User) -> None:
    for version in (users.user_version(user), users.availability_version(user)):
        assert version[0] == version[-1] == '"'
        assert version[1:-1].isalnum()
