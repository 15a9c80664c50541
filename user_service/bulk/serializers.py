"""The shape of one user in a file, and what importing it makes of a user who may be known already."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from common.api.fields import TimeZoneField
from common.api.serializers import Errors
from common.domain import week, window
from user_service import models
from user_service.calendars.serializers import PushedCalendarsField
from user_service.models import User
from user_service.overrides.serializers import OverridesField
from user_service.serializers import NewUserSerializer, SharingSerializer, sharing_of
from user_service.store.users import Edit

HEX_LENGTH = week.SLOTS // 4


class WeekField(serializers.CharField):
    """A week as digits, Monday 00:00 first."""

    default_error_messages = {
        "invalid_week": f"A week is {week.SLOTS} digits 0 or 1, or {HEX_LENGTH} hexadecimal ones, Monday first; "
        f"or, in quarters of an hour, {week.QUARTERS_OF_WEEK} digits 0 or 1."
    }

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        """The week, as one integer."""
        if not isinstance(data, str):
            self.fail("invalid_week")
        try:
            return week.from_hex(data.lower()) if len(data) == HEX_LENGTH else week.from_digits(data)
        except ValueError:
            self.fail("invalid_week")


class InstantField(serializers.CharField):
    """An RFC 3339 time."""

    default_error_messages = {"invalid_time": "Write an RFC 3339 time with its offset, such as 2026-11-23T09:00:00Z."}

    def to_internal_value(self, data: Any) -> datetime:  # type: ignore[override]
        """The time, in UTC."""
        try:
            moment = window.parse_moment(data) if isinstance(data, str) else None
        except ValueError:
            moment = None
        if not isinstance(moment, datetime):
            self.fail("invalid_time")
        return moment.astimezone(UTC)


class LineSerializer(NewUserSerializer):
    """A user as POST /users takes one, or with the week as digits, and with the times of an earlier export."""

    timezone = TimeZoneField(required=False)
    week = WeekField(required=False)
    sharing = SharingSerializer(required=False)
    overrides = OverridesField(required=False)
    calendars = PushedCalendarsField(required=False)
    created_at = InstantField(required=False)
    updated_at = InstantField(required=False)

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """A week is said in one way only."""
        if {"week", "availability"} <= values.keys() | errors.keys():
            return {"week": [ErrorDetail("Give either a week or intervals, not both.", code="one_of")]}
        return {}


def edit(values: dict[str, Any], now: datetime) -> Edit:
    """The edit that a validated line asks for: what it does not say of a known user stays as it is.

    Calendars are stored apart.
    """
    fields = {name: value for name, value in values.items() if name != "calendars"}
    if "availability" in fields:
        fields["week"] = fields.pop("availability")["free"]
    if "sharing" in fields:
        fields["sharing"] = sharing_of(fields["sharing"])

    def edited(user: User | None) -> User:
        if user is None:
            created = fields.get("created_at", now)
            new = {"created_at": created, "updated_at": created, "id": models.new_id(), "has_week": "week" in fields}
            return User(**new | fields)
        return models.change(user, now, **fields)

    return edited
