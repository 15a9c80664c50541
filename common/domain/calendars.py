"""How well the calendars of a group are known (contract, section 12). Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

MOST_NAMED = 5  # of those of whom the same is said

# Of one calendar, and of those of several people.
_IN_WORDS = {
    "stale": ("could not be read lately: it is known as of {as_of}", "could not be read lately"),
    "unread": ("has not been read yet", "not read yet"),
    "beyond": ("is known until {until} only", "not known until the end"),
}


class Known(NamedTuple):
    """How well the calendars of somebody are known, in the order in which services tell each other.

    `as_of` is the minute of the oldest reading, `until` the one from which on one of them is not known; or None.
    """

    as_of: int | None
    is_stale: bool
    is_unread: bool
    until: int | None


class Reading(NamedTuple):
    """The minute of somebody's oldest reading, and the one from which on their calendars are not known; or None."""

    as_of: int | None
    until: int | None


class GroupCalendars(NamedTuple):
    """The oldest reading that an answer rests on, and those whose calendars leave something open.

    A calendar is stale if it could not be read lately, unread if never, and ends before the end of the window beyond.
    `readings` tells more of each of these people.
    """

    as_of: int | None
    stale: list[str]
    unread: list[str]
    beyond: list[str]
    readings: Mapping[str, Reading]


def describe_calendars(known: Mapping[str, Known], end: int) -> GroupCalendars | None:
    """What an answer about a window that ends at a minute says of the calendars; None if nobody has any."""
    if not known:
        return None
    stale = sorted(email for email, each in known.items() if each.is_stale)
    unread = sorted(email for email, each in known.items() if each.is_unread)
    beyond = sorted(email for email, each in known.items() if each.until is not None and each.until < end)
    return GroupCalendars(
        min((each.as_of for each in known.values() if each.as_of is not None), default=None),
        stale,
        unread,
        beyond,
        {email: Reading(known[email].as_of, known[email].until) for email in sorted({*stale, *unread, *beyond})},
    )


def explain_calendars(answer: Mapping[str, Any]) -> list[str]:
    """What an answer leaves open since calendars are known only in part, for people: sentences, or none."""
    calendars = answer["calendars"] or dict.fromkeys(_IN_WORDS, 0)
    sentences = []
    for name, (of_one, of_several) in _IN_WORDS.items():
        count, times = calendars[name], {}
        if isinstance(count, list):
            times = {email: calendars["readings"][email] for email in count}
            if name == "stale":  # what was never read is told below
                times = {email: reading for email, reading in times.items() if reading["as_of"]}
            count = len(times)
        for email in list(times)[:MOST_NAMED]:
            words = of_one.format(**{side: _write_time(moment) for side, moment in times[email].items() if moment})
            sentences.append(f"A calendar of {email} {words}.")
            count -= 1
        if count:
            more = "more " if times else ""
            sentences.append(f"Calendars of {count} {more}{'person' if count == 1 else 'people'}: {of_several}.")
    return sentences


def _write_time(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%a %-d %b %Y, %H:%M}"
