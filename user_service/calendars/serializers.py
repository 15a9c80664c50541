"""Shapes of what is said about calendars (contract, section 12)."""

import re
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from common.api.exceptions import MAX_FAULTS
from common.api.fields import ChoiceField, ListField, TextField
from common.api.serializers import Errors, StrictSerializer
from common.domain import window
from common.domain.window import EPOCH, MINUTE
from user_service.busy_time import (
    BUSY,
    CALDAV,
    FAILING,
    FEED,
    FREE,
    OK,
    REFUSED,
    UPLOAD,
    WAITING,
    Intervals,
    PushedCalendar,
    merge,
)
from user_service.store.calendars import MAX_CALENDARS
from user_service.weeks.serializers import LAST_MINUTE

MAX_INTERVALS = 5000
MAX_URL = 2000
MAX_CREDENTIAL = 500
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.+-]{0,63}")
BAD_NAME = "A name is up to 64 letters of A to Z, digits, blanks and -_.+, of which the first is a letter or a digit."
_NEEDED = {BUSY: {"intervals"}, FEED: {"url"}, CALDAV: {"url", "username", "password"}}


@extend_schema_field({"type": "string", "pattern": window.TIME_PATTERN, "maxLength": window.MAX_LENGTH})
class RoundedTimeField(serializers.CharField):
    """An RFC 3339 time, as a minute since 1970. `up` says on which side a part of one is rounded."""

    def __init__(self, *, up: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.up = up

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        """The minute."""
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            moment = window.parse_moment(data)
        except ValueError as fault:
            raise ValidationError(str(fault), code="invalid_time") from None
        if not isinstance(moment, datetime):
            raise ValidationError("Write a time with its offset, such as 2026-11-23T09:00:00Z.", code="invalid_time")
        if moment < EPOCH:
            raise ValidationError("Busy time begins in 1970.", code="invalid_time")
        return -((EPOCH - moment) // MINUTE) if self.up else (moment - EPOCH) // MINUTE


class BusyIntervalSerializer(StrictSerializer):
    """Busy from `start` to `end`."""

    start = RoundedTimeField(up=False, help_text="An RFC 3339 time. Parts of a minute count as the whole.")
    end = RoundedTimeField(up=True, help_text="Exclusive, and later than `start`.")

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """An interval ends after it starts."""
        if errors or values["start"] < values["end"]:
            return {}
        return {"end": [ErrorDetail("The end must be later than the start.", code="invalid_interval")]}


class BusyIntervalsField(ListField):
    """Busy time in any order, overlapping or not."""

    child = BusyIntervalSerializer()

    def to_internal_value(self, data: Any) -> Intervals:  # type: ignore[override]
        """The fewest intervals, in order."""
        return merge((interval["start"], interval["end"]) for interval in super().to_internal_value(data))


class NewCalendarSerializer(StrictSerializer):
    """A calendar: busy time that a program pushes, or where to read it."""

    kind = ChoiceField(choices=list(_NEEDED), help_text="Pushed busy time, a feed, or calendars of a CalDAV server.")
    intervals = BusyIntervalsField(
        required=False, max_length=MAX_INTERVALS, help_text="For `busy`: all there is, in place of what was."
    )
    url = TextField(required=False, max_length=MAX_URL, help_text="For `feed` and `caldav`: https or webcal.")
    username = TextField(required=False, max_length=MAX_CREDENTIAL, help_text="For `caldav`.")
    password = serializers.CharField(
        required=False, max_length=MAX_CREDENTIAL, trim_whitespace=False, help_text="For `caldav`. Kept encrypted."
    )
    tentative = ChoiceField(choices=[BUSY, FREE], default=BUSY, help_text="What tentative events are taken for.")

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """Each kind has what it needs, and nothing of another."""
        if "kind" not in values:
            return {}
        needed, every = _NEEDED[values["kind"]], set().union(*_NEEDED.values())
        given = (values.keys() | errors.keys()) & every
        missing = {name: [ErrorDetail("This field is required.", code="required")] for name in needed - given}
        surplus = f"A calendar of the kind {values['kind']} has none."
        return missing | {name: [ErrorDetail(surplus, code="unknown")] for name in given - needed}


class MinutesField(serializers.ListField):
    """Busy time in a file: pairs of minutes since 1970 in UTC. One field reads all: one for each would be slow."""

    def to_internal_value(self, data: Any) -> Intervals:  # type: ignore[override]
        """The fewest intervals, in order. Raises ValidationError with each bad pair by its index."""
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if len(data) > MAX_INTERVALS:
            raise ValidationError(f"At most {MAX_INTERVALS} intervals.", code="too_many")
        wrong = [index for index, pair in enumerate(data) if not _is_interval(pair)][:MAX_FAULTS]
        if wrong:
            message = "Two minutes since 1970 in UTC, of which the second is later, such as [30000000, 30000060]."
            raise ValidationError({f"[{index}]": [ErrorDetail(message, code="invalid_interval")] for index in wrong})
        return merge((start, end) for start, end in data)


def _is_interval(pair: Any) -> bool:
    is_pair = isinstance(pair, list) and len(pair) == 2 and all(type(minute) is int for minute in pair)
    return is_pair and 0 <= pair[0] < pair[1] <= LAST_MINUTE


class PushedCalendarSerializer(StrictSerializer):
    """A calendar of the kind `busy` in a file."""

    intervals = MinutesField()
    tentative = ChoiceField(choices=[BUSY, FREE], default=BUSY)

    def to_internal_value(self, data: Any) -> PushedCalendar:  # type: ignore[override]
        """The calendar."""
        values = super().to_internal_value(data)
        return PushedCalendar(values["intervals"], values["tentative"])


class PushedCalendarsField(serializers.DictField):
    """The calendars of the kind `busy` of a user in a file, by name."""

    child = PushedCalendarSerializer()

    def to_internal_value(self, data: Any) -> dict[str, PushedCalendar]:
        """The calendars. Raises ValidationError."""
        if isinstance(data, dict):
            if len(data) > MAX_CALENDARS:
                raise ValidationError(f"At most {MAX_CALENDARS} calendars.", code="too_many")
            if wrong := [name for name in data if not NAME.fullmatch(name)]:
                raise ValidationError({name[:40]: [ErrorDetail(BAD_NAME, code="invalid_name")] for name in wrong})
        calendars: dict[str, PushedCalendar] = super().to_internal_value(data)
        return calendars


class WindowSerializer(StrictSerializer):
    """From when to when busy time is asked for."""

    start = RoundedTimeField(up=False, required=False, help_text="An RFC 3339 time. Default: yesterday.")
    end = RoundedTimeField(up=True, required=False, help_text="Exclusive. Default: as far as it is known.")

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """It ends after it starts."""
        if {"start", "end"} <= values.keys() and values["start"] >= values["end"]:
            return {"end": [ErrorDetail("The end must be later than the start.", code="invalid_window")]}
        return {}


class CoversSerializer(serializers.Serializer[Any]):
    """The time of which a calendar is known."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class CalendarSerializer(serializers.Serializer[Any]):
    """A calendar, without what is secret of it."""

    name = serializers.CharField()
    kind = serializers.ChoiceField([BUSY, UPLOAD, FEED, CALDAV])
    host = serializers.CharField(help_text="Where it is read from, if it is.")
    tentative = serializers.ChoiceField([BUSY, FREE])
    state = serializers.ChoiceField([WAITING, OK, FAILING, REFUSED])
    reason = serializers.CharField(help_text="Why it cannot be read, for people.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="When it was read last.")
    next_read = serializers.DateTimeField(allow_null=True)
    covers = CoversSerializer(allow_null=True, help_text="Null for pushed busy time, which says all there is.")
    busy_count = serializers.IntegerField()
    unread_events = serializers.IntegerField(help_text="How many events could not be read.")


class CalendarsSerializer(serializers.Serializer[Any]):
    """The calendars of a user, by name."""

    calendars = CalendarSerializer(many=True)


class BusySerializer(serializers.Serializer[Any]):
    """When a user is busy, by all calendars together."""

    busy = CoversSerializer(many=True)
    calendars = CalendarSerializer(many=True)
