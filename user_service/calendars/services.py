"""What is done with calendars, whether a call of the API or the reader wants it."""

import logging
import math
import secrets as random_secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from rest_framework.exceptions import ErrorDetail, ValidationError

from common.api.exceptions import Conflict
from common.domain.window import DAY, MINUTE
from user_service.busy_time import BUSY, FAILING, OK, REFUSED, UPLOAD, Calendar, Intervals
from user_service.calendars.faults import Failing, Refused, UnreadableCalendar
from user_service.calendars.fetching import secrets
from user_service.calendars.fetching.addresses import read_address
from user_service.calendars.sources import SOURCES, keep_upload
from user_service.models import User
from user_service.services import fetch_with_id
from user_service.store import calendars, users
from user_service.store.calendars import UnknownCalendar

DAYS_BACK, DAYS_AHEAD = 1, 400
MAX_PAUSE = timedelta(hours=6)
_DAY = DAY // MINUTE
SPREAD = 0.1  # of the time between two readings: else all would be read at once

logger = logging.getLogger(__name__)


# Told which calendar has the name, in the step in which that is changed. Raises where the change is not wanted.
Check = Callable[[Calendar | None], object]


class CalendarExists(Conflict):
    """The user has a calendar of this name, which was not to be replaced."""

    default_code = "calendar-exists"


def allow_replacing(before: Calendar | None) -> None:
    """A Check that never raises."""


def refuse_replacing(before: Calendar | None) -> None:
    """A Check. Raises CalendarExists."""
    if before:
        raise CalendarExists(f"There is already a calendar {before.name}.")


def find_horizon() -> tuple[int, int]:
    """From which minute to which calendars are known: whole days, so that they move once a day."""
    today = _now() - _now() % _DAY
    return today - DAYS_BACK * _DAY, today + (DAYS_AHEAD + 1) * _DAY


def put_busy(email: str, name: str, intervals: Intervals, tentative: str, *, check: Check = allow_replacing) -> bool:
    """Stores busy time that a program pushes, in place of all there was. Whether the calendar is new.

    Raises UnknownUser, TooManyCalendars, and what `check` raises.
    """
    is_new = False

    def edit(user: User, before: Calendar | None) -> Calendar:
        nonlocal is_new
        is_new = before is None
        check(before)
        return Calendar(name=name, kind=BUSY, state=OK, tentative=tentative, as_of=_now(), busy=intervals)

    calendars.change(email, name, edit)
    return is_new


def put_upload(email: str, name: str, content: bytes, *, tentative: str = BUSY, check: Check = allow_replacing) -> None:
    """Stores a calendar file, to be read at once by the reader.

    Raises UnknownUser, TooManyCalendars, and what `check` raises.
    """
    kept = keep_upload(content)
    new = Calendar(name=name, kind=UPLOAD, tentative=tentative, next_read=_now(), kept=kept)
    _put(email, new, check)


def put_source(
    email: str, name: str, kind: str, secret: dict[str, Any], tentative: str, *, check: Check = allow_replacing
) -> None:
    """Stores where a calendar is read from, encrypted, to be read at once.

    Raises NoCalendarKeys, ValidationError for an address that can lead nowhere, and what `put_upload` raises.
    """
    try:
        host = urlsplit(read_address(secret["url"])[0]).hostname or ""
    except Refused as fault:
        raise ValidationError({"url": ErrorDetail(fault.reason, code="invalid_url")}) from None
    # The secret is bound to the user: who has the email later can do nothing with it.
    user = fetch_with_id(email)
    encrypted = secrets.encrypt(secret, owner=f"{user.id} {user.email}", calendar=name)
    new = Calendar(name=name, kind=kind, tentative=tentative, next_read=_now(), secret=encrypted, host=host)
    _put(email, new, check)


def _put(email: str, new: Calendar, check: Check) -> None:
    def edit(user: User, before: Calendar | None) -> Calendar:
        check(before)
        if before is None:
            return new
        # Until the new one has been read, and where it cannot be, what was known by this name holds: nobody is free by
        # a file that is broken.
        return replace(new, busy=before.busy, as_of=before.as_of, covers=before.covers)

    calendars.change(email, new.name, edit)


def remove(email: str, name: str, *, check: Check = allow_replacing) -> None:
    """Removes a calendar with its busy time. Raises UnknownUser, UnknownCalendar, and what `check` raises."""

    def edit(user: User, before: Calendar | None) -> None:
        if before is None:
            raise UnknownCalendar.of(name)
        check(before)

    calendars.change(email, name, edit)


def refresh(email: str, name: str) -> None:
    """Has a calendar read now if there is something to read: of a file that was refused nothing is kept.

    Raises UnknownUser and UnknownCalendar.
    """

    def edit(user: User, before: Calendar | None) -> Calendar:
        if before is None:
            raise UnknownCalendar.of(name)
        has_source = before.kind != BUSY and (before.kind != UPLOAD or before.kept)
        return replace(before, next_read=_now(), failures=0) if has_source else before

    calendars.change(email, name, edit)


def read_next(token: str) -> bool:
    """Reads a calendar that is due, if one is. Whether there was one.

    A fault of the calendar, or of where it comes from, is stored with it: what was known of it holds.
    """
    claim = calendars.claim_due(int(time.time()), math.ceil(settings.CALENDAR_LEASE_SECONDS), token)
    if claim is None:
        return False
    try:
        user, calendar = calendars.fetch_for_reading(claim.email, claim.name)
    except users.UnknownUser:
        calendar = None
    if calendar is None or calendar.kind not in SOURCES:
        calendars.forget(claim)
        return True
    read = _read(calendar, user)
    logger.info("%s calendar read: %s", calendar.kind, read.state)

    def edit(user: User, before: Calendar | None) -> Calendar | None:
        is_same = before is not None and before.generation == read.generation
        return read if is_same else before

    with suppress(users.UnknownUser):  # who was deleted meanwhile has taken the calendar along
        calendars.change(claim.email, claim.name, edit, claim)
    return True


def _read(calendar: Calendar, user: User) -> Calendar:
    start, end = find_horizon()
    try:
        read = SOURCES[calendar.kind](calendar, user, start, end)
    except Refused as fault:
        return replace(calendar, state=REFUSED, reason=fault.reason, next_read=None)
    except (Failing, UnreadableCalendar) as fault:
        if calendar.kind == UPLOAD:
            return replace(calendar, state=REFUSED, reason=fault.reason, next_read=None, kept=b"")
        pause = min(settings.CALENDAR_SECONDS / 60 * 2**calendar.failures, MAX_PAUSE / MINUTE)
        return replace(
            calendar,
            state=FAILING,
            reason=fault.reason,
            failures=min(calendar.failures + 1, 10),
            next_read=_now() + _spread(pause),
        )
    pause = _DAY if calendar.kind == UPLOAD else settings.CALENDAR_SECONDS / 60
    return replace(
        read,
        state=OK,
        reason="",
        failures=0,
        as_of=_now(),
        covers=(start, end),
        next_read=_now() + _spread(pause),
    )


def _spread(minutes: float) -> int:
    return max(1, round(minutes * (1 + SPREAD * random_secrets.randbelow(100) / 100)))


def _now() -> int:
    return int(time.time()) // 60
