"""What is answered of users and their weeks."""

from collections.abc import Sequence
from typing import Any

from common.domain import week
from user_service import store
from user_service.models import User
from user_service.serializers import UserSerializer, cursor_after

_WORDS = {
    interval: {"day": week.DAYS[interval.day], "start": f"{interval.start:02d}:00", "end": f"{interval.end:02d}:00"}
    for interval in week.INTERVALS
}


def user(found: User) -> dict[str, Any]:
    """A user (contract, section 4)."""
    return UserSerializer(found).data


def page(after: str, limit: int) -> dict[str, Any]:
    """Some users, ordered by email, and the cursor of the next page, or None."""
    found = store.page(after, limit + 1)
    results = found[:limit]
    following = cursor_after(results[-1].email) if len(found) > limit else None
    return {"results": [user(one) for one in results], "next": following}


def availability(email: str, timezone: str, free: int) -> dict[str, Any]:
    """A user's week, both as grid and as intervals."""
    return {"email": email, "timezone": timezone, "grid": week.to_grid(free), "intervals": intervals(free)}


def intervals(free: int) -> list[dict[str, str]]:
    """The intervals of a week, as words."""
    return [_WORDS[interval] for interval in week.to_intervals(free)]


def availabilities(emails: Sequence[str]) -> dict[str, Any]:
    """The weeks of several users, and who of them is unknown."""
    known, unknown = store.availabilities(emails)
    return {"results": [availability(*one) for one in known], "unknown": unknown}


def compact_availabilities(emails: Sequence[str]) -> dict[str, Any]:
    """The same for programs: `{timezones: {zone: {email: 42 hexadecimal digits}}, unknown}`."""
    known, unknown = store.availabilities(emails)
    timezones: dict[str, dict[str, str]] = {}
    for email, timezone, free in known:
        timezones.setdefault(timezone, {})[email] = week.to_hex(free)
    return {"timezones": timezones, "unknown": unknown}
