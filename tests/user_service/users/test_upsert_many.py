"""users.upsert_many, when others write at the same time."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from user_service.models import User
from user_service.store import listing, users

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
BOB = User(email="bob@example.org", name="Bob", created_at=LONG_AGO, updated_at=LONG_AGO)


@pytest.mark.usefixtures("ann")
def test_what_others_change_meanwhile_is_kept() -> None:
    def edit(user: User | None) -> User:
        assert user
        if user.name == "Ann":
            users.replace(user.email, lambda current: replace(current, name="Anna"))
        return replace(user, timezone="Asia/Tokyo")

    done = users.upsert_many({"ann@example.org": edit, BOB.email: lambda _: BOB})

    assert done == {"ann@example.org": "updated", BOB.email: "created"}
    ann = users.get("ann@example.org")
    assert (ann.name, ann.timezone) == ("Anna", "Asia/Tokyo")


def test_whom_others_create_meanwhile_is_edited() -> None:
    seen: list[User | None] = []

    def edit(user: User | None) -> User:
        if not seen:
            users.create(BOB)
        seen.append(user)
        return replace(user or BOB, name="Rob")

    assert users.upsert_many({BOB.email: edit}) == {BOB.email: "updated"}
    assert seen == [None, BOB]
    assert users.get(BOB.email).name == "Rob"


def test_whom_others_delete_meanwhile_is_created_again(ann: dict[str, Any]) -> None:
    def edit(user: User | None) -> User:
        if user:
            users.delete(user.email, lambda _: None)
        return replace(user or BOB, email=ann["email"], name="Again")

    assert users.upsert_many({ann["email"]: edit}) == {ann["email"]: "created"}
    assert [user.name for user in listing.fetch_page("", 10)] == ["Again"]
