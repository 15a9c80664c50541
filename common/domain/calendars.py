"""How well the calendars of a group are known (contract, section 12). Pure."""

from collections.abc import Mapping
from typing import NamedTuple


class Known(NamedTuple):
    """How well the calendars of somebody are known, in the order in which services tell each other.

    `as_of` is the minute of the oldest reading, `until` the one from which on one of them is not known; or None.
    """

    as_of: int | None
    is_stale: bool
    is_unread: bool
    until: int | None


class GroupCalendars(NamedTuple):
    """The oldest reading that an answer rests on, and those whose calendars leave something open.

    A calendar is stale if it could not be read lately, unread if never, and ends before the end of the window beyond.
    """

    as_of: int | None
    stale: list[str]
    unread: list[str]
    beyond: list[str]


def describe_calendars(known: Mapping[str, Known], end: int) -> GroupCalendars | None:
    """What an answer about a window that ends at a minute says of the calendars; None if nobody has any."""
    if not known:
        return None
    return GroupCalendars(
        min((each.as_of for each in known.values() if each.as_of is not None), default=None),
        sorted(email for email, each in known.items() if each.is_stale),
        sorted(email for email, each in known.items() if each.is_unread),
        sorted(email for email, each in known.items() if each.until is not None and each.until < end),
    )
