"""What is done with dates that differ from the week, whether a call of the API or a page wants it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from common.api.exceptions import Conflict
from user_service import services
from user_service.models import User
from user_service.overrides.serializers import MAX_OVERRIDES

Overrides = Mapping[date, int]
Edit = Callable[[Overrides], Overrides]


class TooManyOverrides(Conflict):
    """Somebody would have more dates than they may have."""

    default_code = "too-many-overrides"
    default_detail = f"A user has at most {MAX_OVERRIDES} dates that differ from the week."


def check_overrides(overrides: Overrides) -> None:
    """Raises TooManyOverrides."""
    if len(overrides) > MAX_OVERRIDES:
        raise TooManyOverrides


def edit_overrides(email: str, edit: Edit, check: Callable[[User], object]) -> User:
    """The user with the dates that `edit` makes of theirs, stored in one step unless `check` of what is stored raises.

    Raises UnknownUser, TooManyOverrides, and what the two raise.
    """

    def change(user: User) -> dict[str, Any]:
        check(user)
        overrides = edit(user.overrides)
        check_overrides(overrides)
        return {"overrides": overrides}

    return services.edit_user(email, change)


def replace_dates(first: date, last: date, free: int) -> Edit:
    """Has these quarters of the day be free on every date from `first` to `last`, both included."""
    days = {first + timedelta(days=number): free for number in range((last - first).days + 1)}
    return lambda overrides: {**overrides, **days}


def remove_dates(first: date, last: date) -> Edit:
    """Has the week hold again on every date from `first` to `last`, both included."""
    return lambda overrides: {day: free for day, free in overrides.items() if not first <= day <= last}
