"""The JSON that is answered about users and their weeks."""

from collections.abc import Sequence
from typing import Any

from common.domain import week
from common.domain.calendars import Known
from user_service.models import User
from user_service.serializers import UserSerializer, cursor_after
from user_service.store import listing
from user_service.store.users import Availability

# One for all users: to make a serializer takes longer than to use it.
_users = UserSerializer()


def represent_user(user: User) -> dict[str, Any]:
    """A user (contract, section 4)."""
    representation: dict[str, Any] = _users.to_representation(user)
    return representation


def represent_page(after: str, limit: int) -> dict[str, Any]:
    """At most `limit` users, ordered by email, and the cursor of the next page, or None."""
    page = listing.fetch_page(after, limit + 1)
    more = len(page) > limit
    page = page[:limit]
    return {
        "results": [represent_user(user) for user in page],
        "next": cursor_after(page[-1].email) if more else None,
    }


def represent_availability(email: str, timezone: str, free: int) -> dict[str, Any]:
    """A user's week, both as grid and as intervals."""
    intervals = [
        {"day": week.DAYS[day], "start": week.format_time(start), "end": week.format_time(end)}
        for day, start, end in week.to_intervals(free)
    ]
    return {"email": email, "timezone": timezone, "grid": week.to_grid(free), "intervals": intervals}


def represent_availabilities(availabilities: Sequence[Availability], unknown: Sequence[str]) -> dict[str, Any]:
    """The weeks of several users, and which emails nobody has."""
    results = [represent_availability(each.email, each.timezone, week.from_hex(each.week)) for each in availabilities]
    return {"results": results, "unknown": unknown}


def represent_batch(
    availabilities: Sequence[Availability], unknown: Sequence[str], *, has_window: bool
) -> dict[str, Any]:
    """The weeks of very many users, for programs, and what holds in their place in the window, if there is one.

    `{timezones: {zone: {email: week}}, overrides: {email: {date: day}}, busy: {email: [[start, end]]}, calendars:
    {email: known}, unset, unknown}`, weeks and days in hexadecimal digits, and Known as an array of its fields.
    """
    timezones: dict[str, dict[str, str]] = {}
    for each in availabilities:
        timezones.setdefault(each.timezone, {})[each.email] = each.week
    batch: dict[str, Any] = {"timezones": timezones, "unknown": unknown}
    if overrides := {each.email: each.overrides for each in availabilities if each.overrides}:
        batch["overrides"] = overrides
    if unset := [each.email for each in availabilities if not each.has_week]:
        batch["unset"] = unset
    known = [each for each in availabilities if "as_of" in each.calendars]
    if known and has_window:
        batch["busy"] = {each.email: each.busy for each in known}
        batch["calendars"] = {each.email: [each.calendars[name] for name in Known._fields] for each in known}
    return batch
