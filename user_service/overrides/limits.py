"""How many dates a user may have that differ from the week."""

from collections.abc import Mapping
from datetime import date

from common.api.exceptions import Conflict
from user_service.overrides.serializers import MAX_OVERRIDES


class TooManyOverrides(Conflict):
    """Somebody would have more dates than they may have."""

    default_code = "too-many-overrides"
    default_detail = f"A user has at most {MAX_OVERRIDES} dates that differ from the week."


def check_overrides(overrides: Mapping[date, int]) -> None:
    """Raises TooManyOverrides."""
    if len(overrides) > MAX_OVERRIDES:
        raise TooManyOverrides
