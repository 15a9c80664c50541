"""Where calendars come from. A source is told what is known of a calendar, and says what is busy by it now."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from user_service.busy_time import CALDAV, FEED, FREE, UPLOAD, Calendar
from user_service.calendars.fetching import secrets
from user_service.calendars.fetching.caldav import fetch_caldav
from user_service.calendars.fetching.http import fetch_feed
from user_service.calendars.reading.calendar_file import Owner, expand_again, read_calendar
from user_service.models import User

# Reads a calendar of a user from one minute to another. Raises Refused, Failing and UnreadableCalendar.
Source = Callable[[Calendar, User, int, int], Calendar]


def keep_upload(content: bytes) -> bytes:
    """What is kept of an uploaded file until it is read."""
    return zlib.compress(content)


def read_upload(calendar: Calendar, user: User, start: int, end: int) -> Calendar:
    """A file that was uploaded: the whole of it at first, and later what was kept of it."""
    return _read(None, calendar, user, start, end)


def read_feed(calendar: Calendar, user: User, start: int, end: int) -> Calendar:
    """A file at an address, unless it is as it was."""
    etag, last_modified = calendar.validators if calendar.kept else ("", "")
    fetched = fetch_feed(_open(calendar, user)["url"], etag=etag, last_modified=last_modified)
    calendar = replace(calendar, validators=(fetched.etag, fetched.last_modified))
    return _read(fetched.content, calendar, user, start, end)


def read_caldav(calendar: Calendar, user: User, start: int, end: int) -> Calendar:
    """All calendars of an account, unless they are as they were."""
    secret = _open(calendar, user)
    progress = calendar.progress if calendar.kept else b""
    changes = fetch_caldav(secret["url"], secret["username"], secret["password"], state=progress, start=start, end=end)
    content = None if changes.calendars is None else b"\r\n".join(changes.calendars)
    return _read(content, replace(calendar, progress=changes.state), user, start, end)


SOURCES: dict[str, Source] = {UPLOAD: read_upload, FEED: read_feed, CALDAV: read_caldav}


def _open(calendar: Calendar, user: User) -> dict[str, Any]:
    return secrets.decrypt(calendar.secret, owner=f"{user.id} {user.email}", calendar=calendar.name)


def _read(content: bytes | None, calendar: Calendar, user: User, start: int, end: int) -> Calendar:
    """The calendar with what is busy by a file; without one, by what the last reading has kept."""
    read, text = (expand_again, calendar.kept) if content is None else (read_calendar, content)
    owner = Owner(email=user.email, timezone=user.timezone)
    reading = read(text, owner, start, end, tentative_is_busy=calendar.tentative != FREE)
    return replace(calendar, busy=reading.busy, kept=reading.kept, unread_events=reading.unread_events)
