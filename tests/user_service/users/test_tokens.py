"""Tokens as they are stored: they end with the user in one step, whatever goes wrong afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django_redis
import pytest

from common.api.exceptions import Unavailable
from tests.support.stored import unwritable
from user_service.store import tokens, users
from user_service.store.tokens import Token

ANN = "ann@example.org"
DIGEST = "0" * 64
Add = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("is_vouched_for", [False, True])
def test_a_session_ends_with_its_user_also_where_it_could_not_be_removed(add: Add, *, is_vouched_for: bool) -> None:
    add(ANN)
    now = datetime.now(UTC)
    session = Token(
        id="a-session",
        email=ANN,
        user_id=users.get(ANN).id,
        scopes=("self",),
        name="Browser",
        created_at=now,
        expires_at=now + timedelta(hours=1),
        is_session=True,
        is_vouched_for=is_vouched_for,
    )
    tokens.create(session, DIGEST)
    assert tokens.look_up(DIGEST, 600)

    with unwritable(django_redis.get_redis_connection(), "token"), pytest.raises(Unavailable):
        users.delete(ANN, lambda user: None)

    assert tokens.look_up(DIGEST, 600) is None
