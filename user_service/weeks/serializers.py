"""Shapes of what is said about weeks, of one user and of very many."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from common.api.emails import EmailField, EmailListField
from common.api.fields import ChoiceField, IntegerField, ListField
from common.api.serializers import Errors, StrictSerializer
from common.domain import week
from common.domain.window import DAY, EPOCH, LAST_YEAR, MINUTE

MAX_EMAILS = 10_000
MAX_EMAILS_IN_QUERY = 50
MAX_INTERVALS = 1000
# Of the years that may be asked about, in any time zone.
FIRST_MINUTE, LAST_MINUTE = -2 * DAY // MINUTE, (datetime(LAST_YEAR + 2, 1, 1, tzinfo=UTC) - EPOCH) // MINUTE
TIMES = {week.format_time(quarter): quarter for quarter in range(week.QUARTERS + 1)}
MIDNIGHT = week.format_time(week.QUARTERS)


def _array(length: int, items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": length, "maxItems": length, "items": items}


ROW_SCHEMA = _array(week.HOURS, {"type": "integer", "enum": [0, 1]})


@extend_schema_field(_array(len(week.DAYS), ROW_SCHEMA))
class GridField(serializers.ListField):
    """7 rows of 24 slots. One field reads the whole grid: 168 fields would take ten times as long."""

    def __init__(self, **kwargs: Any) -> None:
        rows = f"{len(week.DAYS)} rows, Monday first, of {week.HOURS} hours: 1 is free as a whole, 0 is not."
        super().__init__(help_text=rows, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The week, as one integer. Raises ValidationError with each bad slot by its place."""
        if data is serializers.empty:
            return super().run_validation(data)
        faults: Errors = {}
        for place, message in week.grid_faults(data):
            faults.setdefault(place or "non_field_errors", []).append(ErrorDetail(message, code="invalid_grid"))
        if faults:
            raise ValidationError(faults)
        return week.from_grid(data)


class TimeField(serializers.CharField):
    """A quarter of an hour of the wall clock."""

    default_error_messages = {"invalid_time": "Write a quarter of an hour between 00:00 and 24:00, such as 08:30."}

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        """The quarter of the day, 0 to 96."""
        if not isinstance(data, str) or data not in TIMES:
            self.fail("invalid_time")
        return TIMES[data]


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):(00|15|30|45)$"})
class StartField(TimeField):
    """A quarter of an hour of the wall clock at which something may begin."""


@extend_schema_field({"type": "string", "pattern": "^(([01][0-9]|2[0-3]):(00|15|30|45)|24:00)$"})
class EndField(TimeField):
    """A quarter of an hour of the wall clock at which something may end."""


class IntervalSerializer(StrictSerializer):
    """Free from `start` to `end` on one day of each week."""

    day = ChoiceField(choices=week.DAYS)
    start = StartField(help_text="By the clock on the wall, in quarters of an hour.")
    end = EndField(help_text="Exclusive, and later than `start`; 24:00 ends a day.")

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """An interval ends after it starts, on the same day."""
        if errors or values["start"] < values["end"]:
            return {}
        if values["start"] == values["end"]:
            message = "The end must be later than the start."
        else:
            message = (
                f"An interval over midnight is two intervals: one that ends at {MIDNIGHT}, "
                "and one that starts at 00:00 on the next day."
            )
        return {"end": [ErrorDetail(message, code="invalid_interval")]}


class IntervalsField(ListField):
    """Intervals in any order, overlapping or not."""

    child = IntervalSerializer()

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        """The week in which all of them are free, as one integer."""
        intervals = super().to_internal_value(data)
        return week.from_intervals(
            week.DayInterval(week.DAYS.index(interval["day"]), interval["start"], interval["end"])
            for interval in intervals
        )

    def run_validators(self, value: Any) -> None:
        """Nothing more to check: the number of intervals was checked while they were still a list."""


class FreeTimeSerializer(StrictSerializer):
    """What is free, told by exactly one of the two `alternatives`. Among the validated values it is `free`."""

    constraints = {"minProperties": 1, "maxProperties": 1}

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """Exactly one of the two is given."""
        present = set(self.alternatives) & (values.keys() | errors.keys())
        if len(present) != 1:
            message = f"Give either {' or '.join(self.alternatives)}" + (", not both." if present else ".")
            return {"non_field_errors": [ErrorDetail(message, code="one_of")]}
        values["free"] = values.get(present.pop())
        return {}


class NewAvailabilitySerializer(FreeTimeSerializer):
    """A week, as a grid or as intervals: exactly one of the two."""

    alternatives = ("grid", "intervals")

    grid = GridField(required=False)
    intervals = IntervalsField(
        required=False, max_length=MAX_INTERVALS, help_text="Overlapping and touching intervals are merged."
    )


class LookUpQuerySerializer(StrictSerializer):
    """Whose weeks, in a query string."""

    email = EmailListField(
        allow_empty=False,
        max_length=MAX_EMAILS_IN_QUERY,
        help_text=f"Once for each user: at most {MAX_EMAILS_IN_QUERY}, repeats not counted.",
    )


class MinuteField(IntegerField):
    """A minute since 1970, in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=0, min_value=FIRST_MINUTE, max_value=LAST_MINUTE, **kwargs)


class BatchQuerySerializer(StrictSerializer):
    """Whose weeks, and when."""

    emails = EmailListField(
        allow_empty=False, max_length=MAX_EMAILS, help_text=f"At most {MAX_EMAILS}, repeats not counted."
    )
    start = MinuteField(help_text="From this minute since 1970, in UTC, dates that differ are told.")
    end = MinuteField(help_text="Until this one. By default none are told.")


class AvailabilitySerializer(serializers.Serializer[Any]):
    """A user's week, by the clock of their time zone."""

    email = EmailField()
    timezone = serializers.CharField()
    grid = GridField()
    intervals = IntervalSerializer(many=True)


class AvailabilitiesSerializer(serializers.Serializer[Any]):
    """Several users' weeks."""

    results = AvailabilitySerializer(many=True)
    unknown = serializers.ListField(child=EmailField(), help_text="Emails that nobody has.")


@extend_schema_field({"type": "string", "pattern": "^([0-9a-f]{42}|[0-9a-f]{168})$"})
class HexWeekField(serializers.CharField):
    """A week as hexadecimal digits."""


@extend_schema_field({"type": "string", "pattern": "^([0-9a-f]{6}|[0-9a-f]{24})$"})
class HexDayField(serializers.CharField):
    """A day as hexadecimal digits."""


class AvailabilityBatchSerializer(serializers.Serializer[Any]):
    """Very many users' weeks, for programs, in hexadecimal digits, Monday 00:00 the highest bit.

    A week has 42 of hours, or 168 of quarters of an hour; a day 6 or 24.
    """

    timezones = serializers.DictField(
        child=serializers.DictField(child=HexWeekField()), help_text="The week of each email, by time zone."
    )
    overrides = serializers.DictField(
        child=serializers.DictField(child=HexDayField()),
        required=False,
        help_text="What is free on dates that differ from the week, by email and date: left out where there are none.",
    )
    busy = serializers.DictField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.IntegerField())),
        required=False,
        help_text="Busy time by email, as pairs of minutes since 1970 in UTC: of those who have calendars.",
    )
    calendars = serializers.DictField(
        child=serializers.ListField(child=serializers.JSONField()),
        required=False,
        help_text="How well calendars are known, by email: the minute of the oldest reading, whether one cannot be "
        "read lately, whether one was never read, and until which minute all are known.",
    )
    unset = serializers.ListField(
        child=EmailField(), required=False, help_text="Who has never said when they are free: left out if nobody."
    )
    unknown = serializers.ListField(child=EmailField(), help_text="Emails that nobody has.")
