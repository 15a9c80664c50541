"""What is done with a user, whether a call of the API or a page wants it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from user_service import models
from user_service.models import User
from user_service.store import users


def create_user(**fields: Any) -> User:
    """Stores a new user of these fields. Raises EmailTaken."""
    now = timezone.now()
    user = User(**fields, id=models.new_id(), created_at=now, updated_at=now)
    users.create(user)
    return user


def change_user(email: str, changes: dict[str, Any], check: Callable[[User], object]) -> User:
    """The user with these changes, stored unless `check` of what is stored until then raises. Raises UnknownUser."""

    def change(user: User) -> dict[str, Any]:
        check(user)
        return changes

    return edit_user(email, change)


def edit_user(email: str, change: Callable[[User], dict[str, Any]]) -> User:
    """The user with the changes that `change` makes out of what is stored. Raises UnknownUser, and what it raises."""
    now = timezone.now()
    return users.replace(email, lambda user: models.change(user, now, **change(user)))


def fetch_with_id(email: str) -> User:
    """The user, with the id that what belongs to them is bound to: some were stored before there were ids.

    Raises UnknownUser.
    """
    return users.replace(email, lambda user: user if user.id else replace(user, id=models.new_id()))
