"""A user as bytes, and the versions of a user."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain import week
from common.domain.timezones import names
from tests.support.domain import REPEATABLE, weeks
from user_service import models
from user_service.models import RULES, Sharing, User

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ANN = User(
    email="ann@example.org",
    name="Ann",
    timezone="Europe/Berlin",
    week=5,
    created_at=NOON + MICROSECOND,
    updated_at=NOON + 2 * MICROSECOND,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
people = st.builds(
    User,
    email=texts,
    name=texts,
    timezone=st.sampled_from(sorted(names())),
    week=weeks(),
    has_week=st.booleans(),
    created_at=moments,
    updated_at=moments,
    id=texts,
    sharing=st.none() | st.builds(Sharing, st.sampled_from(RULES), st.lists(texts, max_size=5).map(tuple)),
)


def test_a_user_comes_back_from_their_record() -> None:
    assert models.decode("ann@example.org", ANN.encode()) == ANN


@REPEATABLE
@given(people)
def test_any_user_comes_back_from_their_record(user: User) -> None:
    record = user.encode()

    assert models.decode(user.email, record) == user
    assert models.decode_availability(record) == (
        user.timezone,
        week.to_hex(user.week),
        user.has_week,
        user.sharing,
        {},
        "",
        {},
    )


def test_the_email_is_not_in_the_record_for_it_is_the_key() -> None:
    assert b"ann@" not in ANN.encode()


def test_a_field_that_a_record_lacks_has_its_default_and_one_of_a_later_version_is_passed_over() -> None:
    stored = json.loads(ANN.encode())
    del stored["timezone"]

    assert models.decode(ANN.email, json.dumps(stored | {"later": 1}).encode()) == replace(ANN, timezone="UTC")


@pytest.mark.parametrize("record", [b"", b"2", b"2" + ANN.encode()[1:], b"[]"])
def test_what_is_no_record_of_ours_is_refused_not_misread(record: bytes) -> None:
    for read in (models.decode_availability, partial(models.decode, ANN.email)):
        with pytest.raises(ValueError, match="which this version does not know"):
            read(record)


CHANGES = [
    {"name": "Ann B."},
    {"timezone": "UTC"},
    {"week": 6},
    {"created_at": ANN.created_at + MICROSECOND},
    {"updated_at": ANN.updated_at + MICROSECOND},
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
