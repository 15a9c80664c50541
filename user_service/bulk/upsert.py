"""Stores what the lines of a file say of users, or tells what storing it would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from user_service.busy_time import BUSY, PushedCalendar
from user_service.calendars import services
from user_service.models import User
from user_service.store import calendars, users
from user_service.store.calendars import TooManyCalendars, are_too_many
from user_service.store.users import Edit, Outcome, UnknownUser

# By name. Of calendars that are read from elsewhere nothing is known but that they are there.
Calendars = dict[str, PushedCalendar | None]


class Line(NamedTuple):
    """What a line, which has this number, asks for."""

    number: int
    edit: Edit
    calendars: Mapping[str, PushedCalendar]


@dataclass
class Preview:
    """What earlier lines would have stored: users and calendars by email."""

    users: dict[str, User] = field(default_factory=dict)
    calendars: dict[str, Calendars] = field(default_factory=dict)


class Upsert(NamedTuple):
    """What was done for each email, and why nothing was."""

    outcomes: dict[str, Outcome]
    faults: dict[str, TooManyCalendars]


def upsert_lines(lines: Mapping[str, Line], preview: Preview | None = None) -> Upsert:
    """Stores what the line of each email says; with a preview, only tells what would be done.

    A user is stored in one step, and then each calendar that the line names and that is another now. Of a line that
    would make too many calendars nothing is stored.
    """
    before = {
        email: (preview.calendars.get(email) if preview else None) or _fetch_calendars(email)
        for email, line in lines.items()
        if line.calendars
    }
    after = {email: known | dict(lines[email].calendars) for email, known in before.items()}
    faults = {email: TooManyCalendars() for email, known in before.items() if are_too_many(after[email], known)}
    edits = {email: line.edit for email, line in lines.items() if email not in faults}
    outcomes = users.preview_upsert(edits, preview.users) if preview else users.upsert_many(edits)
    for email, known in before.items():
        changes = {name: each for name, each in lines[email].calendars.items() if known.get(name) != each}
        if email in faults or not changes:
            continue
        if outcomes[email] == "unchanged":
            outcomes[email] = "updated"
        if preview:
            preview.calendars[email] = after[email]
        else:
            for name, calendar in changes.items():
                services.put_busy(email, name, calendar.busy, calendar.tentative)
    return Upsert(outcomes, faults)


def _fetch_calendars(email: str) -> Calendars:
    try:
        _, stored = calendars.fetch(email)
    except UnknownUser:
        return {}
    return {
        name: PushedCalendar(each.busy, each.tentative) if each.kind == BUSY else None for name, each in stored.items()
    }
