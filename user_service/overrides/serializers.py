"""Shapes of what is said about dates that differ from the week."""

from datetime import date, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from common.api.emails import EmailField
from common.api.fields import ListField
from common.api.serializers import Errors, StrictSerializer
from common.domain import week
from common.domain.window import DATE_PATTERN, FIRST_YEAR, LAST_YEAR, parse_moment
from user_service.weeks.serializers import MIDNIGHT, ROW_SCHEMA, EndField, FreeTimeSerializer, StartField

MAX_OVERRIDES = 1000  # of a user
MAX_DAYS = 366  # in one step


@extend_schema_field({"type": "string", "pattern": DATE_PATTERN})
class DateField(serializers.CharField):
    """A date, as RFC 3339 writes it."""

    default_error_messages = {
        "invalid_date": f"Write a date that exists, such as 2026-12-24, between {FIRST_YEAR} and {LAST_YEAR}."
    }

    def to_internal_value(self, data: Any) -> date:  # type: ignore[override]
        """The date."""
        try:
            day = parse_moment(data) if isinstance(data, str) else None
        except ValueError:
            day = None
        if day is None or isinstance(day, datetime) or day.year > LAST_YEAR:
            self.fail("invalid_date")
        return day


class RangeSerializer(StrictSerializer):
    """Dates from one to another, both included."""

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that Python takes for an attribute."""
        bounds = {
            "from": DateField(help_text="The first date."),
            "to": DateField(help_text="The last date, included."),
        }
        return bounds | super().get_fields()

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """The last date is not before the first."""
        if {"from", "to"} <= values.keys() and values["to"] < values["from"]:
            return {"to": [ErrorDetail("The last date must not be before the first.", code="invalid_range")]}
        return {}


class OptionalRangeSerializer(RangeSerializer):
    """Dates from one to another, both included; without an end, all there are."""

    def get_fields(self) -> dict[str, Any]:
        """As those of a range, but that none is needed."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class DayIntervalSerializer(StrictSerializer):
    """Free from `start` to `end` on that date."""

    start = StartField(help_text="By the clock on the wall, in quarters of an hour.")
    end = EndField(help_text="Exclusive, and later than `start`; 24:00 ends a day.")

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """An interval ends after it starts."""
        if errors or values["start"] < values["end"]:
            return {}
        message = f"The end must be later than the start; {MIDNIGHT} ends a day."
        return {"end": [ErrorDetail(message, code="invalid_interval")]}


class DayIntervalsField(ListField):
    """Intervals of a day in any order, overlapping or not; none, and nothing is free."""

    child = DayIntervalSerializer()

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        """The quarters of the day in which any of them is free."""
        free = 0
        for interval in super().to_internal_value(data):
            free |= (1 << interval["end"] - interval["start"]) - 1 << week.QUARTERS - interval["end"]
        return free

    def run_validators(self, value: Any) -> None:
        """Nothing more to check: the number of intervals was checked while they were still a list."""


@extend_schema_field(ROW_SCHEMA)
class RowField(serializers.ListField):
    """The 24 hours of a day."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The quarters of the day. Raises ValidationError with each bad slot by its place."""
        if data is serializers.empty:
            return super().run_validation(data)
        faults: Errors = {}
        for place, message in week.row_faults(data):
            faults.setdefault(place or "non_field_errors", []).append(ErrorDetail(message, code="invalid_row"))
        if faults:
            raise ValidationError(faults)
        return week.from_grid([data])


class NewOverrideSerializer(FreeTimeSerializer):
    """What is free on a date, as intervals or as a row of hours: exactly one of the two."""

    alternatives = ("intervals", "row")

    intervals = DayIntervalsField(required=False, max_length=week.QUARTERS, help_text="None of them: away all day.")
    row = RowField(required=False, help_text="24 hours: 1 is free, 0 is not.")


class NewOverridesSerializer(NewOverrideSerializer, RangeSerializer):
    """What is free on every date from one to another."""

    constraints = {"minProperties": 3, "maxProperties": 3}

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """A range of so many days, and what is free on each."""
        faults = {**RangeSerializer.cross_check(self, values, errors), **super().cross_check(values, errors)}
        if not {"from", "to"} - values.keys() and (values["to"] - values["from"]).days >= MAX_DAYS:
            faults["to"] = [ErrorDetail(f"At most {MAX_DAYS} days in one step.", code="too_many")]
        return faults


class OverrideSerializer(serializers.Serializer[Any]):
    """What is free on a date, in place of the weekly row."""

    date = serializers.DateField()
    row = RowField()
    intervals = DayIntervalSerializer(many=True)


class OverridesSerializer(serializers.Serializer[Any]):
    """The dates of a user that differ from the week, in order, by the clock of their time zone."""

    email = EmailField()
    timezone = serializers.CharField()
    overrides = OverrideSerializer(many=True)


class OverridesField(serializers.DictField):
    """The dates of a user in a file: what is free on each, in 6 or 24 hexadecimal digits."""

    def to_internal_value(self, data: Any) -> dict[date, int]:
        """The quarters of each date. Raises ValidationError."""
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        if len(data) > MAX_OVERRIDES:
            raise ValidationError(f"At most {MAX_OVERRIDES} dates.", code="too_many")
        overrides, faults = {}, {}
        for text, digits in data.items():
            try:
                day = DateField().run_validation(text)
                overrides[day] = week.day_from_hex(digits if isinstance(digits, str) else "")
            except ValidationError as fault:
                faults[str(text)[:40]] = fault.detail
            except ValueError:
                faults[text] = [ErrorDetail("A day is 6 or 24 hexadecimal digits.", code="invalid_day")]
        if faults:
            raise ValidationError(faults)
        return overrides
