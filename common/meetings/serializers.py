"""What is asked about a group, and what the answers have in common (contract, sections 5 and 6)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from common.api.emails import EmailField, EmailListField
from common.api.fields import BooleanField, IntegerField, TimeZoneField
from common.api.serializers import Errors, StrictSerializer
from common.domain import timezones, window
from common.domain.calendars import GroupCalendars, Reading
from common.domain.empty_reasons import (
    CALENDAR,
    DATE,
    NO_AVAILABILITY,
    NO_OVERLAP,
    UNSET,
    WEEK,
    EmptyReason,
)
from common.domain.people import People
from common.domain.segments import Segment
from common.domain.week import DAYS
from common.meetings.question import MAX_NAMED

MAX_ATTENDEES = 10_000
MAX_ATTENDEES_IN_QUERY = 50
MAX_MINUTES = 1440  # of a meeting


@extend_schema_field(
    {"type": "string", "pattern": window.PATTERN, "maxLength": window.MAX_LENGTH}, component_name="Moment"
)
class MomentField(serializers.CharField):
    """A date or an RFC 3339 time."""

    def to_internal_value(self, data: Any) -> window.Moment:  # type: ignore[override]
        """A date, or an aware datetime."""
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return window.parse_moment(data)
        except ValueError as fault:
            raise serializers.ValidationError(str(fault), code="invalid_time") from None


class QuestionSerializer(StrictSerializer):
    """When can this group meet?"""

    max_attendees = MAX_ATTENDEES

    attendees = EmailListField(allow_empty=False, help_text="Emails of those who must be there. Repeats collapse.")
    optional_attendees = EmailListField(default=list, help_text="Emails of those who are welcome.")
    min_attendees = IntegerField(
        required=False, min_value=1, help_text="Quorum: this many of `attendees` suffice. Default: all of them."
    )
    start = MomentField(
        required=False,
        help_text="Begin of the window: an RFC 3339 time, or a date (midnight in `timezone`). "
        "Default: now, rounded up to the hour in `timezone`.",
    )
    end = MomentField(
        required=False,
        help_text=f"End of the window, exclusive. Default: `start` and 7 days. At most {window.MAX_DAYS} days.",
    )
    timezone = TimeZoneField(default=timezones.DEFAULT)
    names = BooleanField(
        required=False,
        help_text="Whether to name who is there and who is missing, or only count them. "
        f"Default: name them up to {MAX_NAMED} attendees.",
    )

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """The number of people and the quorum among them. Puts the `window` among the values."""
        return {**self._people_faults(values), **self._window_faults(values, errors)}

    def _people_faults(self, values: dict[str, Any]) -> Errors:
        required = values.get("attendees", [])
        optional = set(values.get("optional_attendees", [])).difference(required)
        values["optional_attendees"] = sorted(optional)
        faults: Errors = {}
        if len(required) + len(optional) > self.max_attendees:
            faults["attendees"] = [ErrorDetail(self._too_many(), code="too_many")]
        if required and values.get("min_attendees", 1) > len(required):
            message = (
                "There is only 1 attendee." if len(required) == 1 else f"There are only {len(required)} attendees."
            )
            faults["min_attendees"] = [ErrorDetail(message, code="max_value")]
        return faults

    def _too_many(self) -> str:
        hint = "" if self.max_attendees == MAX_ATTENDEES else f" Send up to {MAX_ATTENDEES} in a POST."
        return f"At most {self.max_attendees} attendees, optional ones included.{hint}"

    def _window_faults(self, values: dict[str, Any], errors: Errors) -> Errors:
        if {"start", "end", "timezone"} & errors.keys():
            return {}
        zone = timezones.zone(values["timezone"])
        try:
            values["window"] = window.resolve(values.get("start"), values.get("end"), zone, timezone.now())
        except window.WindowError as fault:
            return {fault.field: [ErrorDetail(str(fault), code="invalid_window")]}
        return {}


class PeopleField(serializers.ListField):
    """Emails, sorted."""

    child = EmailField()


class IntervalSerializer(serializers.Serializer[Any]):
    """A stretch of time, and who is there."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="Exclusive.")
    day = serializers.ChoiceField(choices=DAYS, help_text="Of the start, in the answer's time zone.")
    available_count = serializers.IntegerField()
    available = PeopleField(required=False, help_text="Unless names=false.")
    missing = PeopleField(required=False, help_text="Unless names=false.")


class BecauseField(serializers.ChoiceField):
    """What stands in the way of somebody."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[UNSET, WEEK, DATE, CALENDAR], **kwargs)


@extend_schema_field(
    {"oneOf": [{"type": "array", "items": {"type": "string", "format": "idn-email"}}, {"type": "integer"}]}
)
class PeopleOrCountField(serializers.Field[Any, Any, Any, Any]):
    """Emails, sorted; or how many they are, where names are left out."""


class ReadingSerializer(serializers.Serializer[Any]):
    """How well the calendars of somebody are known."""

    as_of = serializers.DateTimeField(allow_null=True, help_text="The oldest reading.")
    until = serializers.DateTimeField(allow_null=True, help_text="From when on one of them is not known.")


class CalendarsSerializer(serializers.Serializer[Any]):
    """How well the calendars are known on which an answer rests."""

    as_of = serializers.DateTimeField(allow_null=True, help_text="The oldest reading. Null if there is none.")
    stale = PeopleOrCountField(help_text="Whose calendar could not be read lately; with names=false how many.")
    unread = PeopleOrCountField(help_text="Whose calendar was never read.")
    beyond = PeopleOrCountField(help_text="Whose calendar does not reach to the end of the window.")
    readings = serializers.DictField(
        child=ReadingSerializer(),
        required=False,
        help_text="More of each of them, if there are any. Unless names=false.",
    )


class GroupAnswerSerializer(serializers.Serializer[Any]):
    """Who was asked about, when, and why there is nothing, if so."""

    attendees = PeopleField()
    optional_attendees = PeopleField(required=False)
    timezone = serializers.CharField()
    start = serializers.DateTimeField(help_text="Of the window.")
    end = serializers.DateTimeField(help_text="Of the window, exclusive.")
    blockers_count = serializers.IntegerField(required=False, help_text="Without common time: how many are in the way.")
    blockers = PeopleField(required=False, help_text="Without common time: who is in the way. Unless names=false.")
    because = serializers.DictField(
        child=BecauseField(), required=False, help_text="What stands in the way of each of them."
    )
    calendars = CalendarsSerializer(allow_null=True, help_text="How well calendars are known. Null if nobody has any.")


class EmailsField(serializers.Field[Any, Any, Any, Any]):
    """Emails that another of our services has validated, each once. For ten thousand, a field each would be slow."""

    default_error_messages = {"invalid": "Expected a list of distinct texts."}

    def to_internal_value(self, data: Any) -> Any:
        """The emails."""
        if not isinstance(data, list) or {type(email) for email in data} - {str} or len(set(data)) < len(data):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "array", "items": {"type": "string", "format": "idn-email"}})
class PeopleOrderField(EmailsField):
    """People, in the order of the bits that stand for them."""

    def to_internal_value(self, data: Any) -> People:
        """The people."""
        return People(tuple(super().to_internal_value(data)))

    def to_representation(self, value: People) -> Any:
        """Their emails."""
        return value.emails


@extend_schema_field({"type": "string", "pattern": "^[0-9a-f]+$"})
class PeopleSetField(serializers.Field[int, Any, str, Any]):
    """A set of people as a hexadecimal number, whose highest bit of as many as there are people is the first."""

    default_error_messages = {"invalid": "Expected a hexadecimal number."}

    def to_internal_value(self, data: Any) -> int:
        """The set."""
        try:
            return int(data, 16)
        except (TypeError, ValueError):
            self.fail("invalid")

    def to_representation(self, value: int) -> str:
        """The number."""
        return format(value, "x")


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "array",
            "minItems": 3,
            "maxItems": 3,
            "prefixItems": [{"type": "integer"}, {"type": "integer"}, {"type": "string", "pattern": "^[0-9a-f]+$"}],
        },
    }
)
class SegmentsField(serializers.Field[list[Segment], Any, Any, Any]):
    """Segments as [start, end, who] each: minutes since 1970 in UTC, and a set of people as in PeopleSetField."""

    default_error_messages = {"invalid": "Expected segments, each after the other."}

    def to_internal_value(self, data: Any) -> list[Segment]:
        """The segments."""
        try:
            segments = [Segment(int(start), int(end), int(present, 16)) for start, end, present in data]
        except (OverflowError, TypeError, ValueError):
            self.fail("invalid")
        borders = [border for segment in segments for border in (segment.start, segment.end)]
        if borders != sorted(borders) or not all(segment.start < segment.end for segment in segments):
            self.fail("invalid")
        return segments

    def to_representation(self, value: list[Segment]) -> Any:
        """The segments as lists."""
        return [[segment.start, segment.end, format(segment.present, "x")] for segment in value]


class EmptyReasonSerializer(serializers.Serializer[Any]):
    """Why there is no common time, and who is in the way."""

    code = serializers.ChoiceField(choices=[NO_AVAILABILITY, NO_OVERLAP])
    blockers = PeopleSetField(help_text="As in segments.")
    because = serializers.DictField(child=BecauseField(), default=dict, help_text="What stands in the way of each.")

    def to_internal_value(self, data: Any) -> EmptyReason:
        """The reason."""
        return EmptyReason(**super().to_internal_value(data))


@extend_schema_field({"type": "array", "minItems": 5, "maxItems": 5})
class GroupCalendarsField(serializers.Field[GroupCalendars, Any, Any, Any]):
    """How well calendars are known: the minute of the oldest reading, three lists of people, and their readings."""

    default_error_messages = {"invalid": "Expected a minute or null, three lists of emails, and two minutes by email."}

    def to_internal_value(self, data: Any) -> GroupCalendars:
        """What is known."""
        try:
            as_of, stale, unread, beyond, readings = data
            people = [EmailsField().to_internal_value(emails) for emails in (stale, unread, beyond)]
            known = GroupCalendars(
                as_of, stale, unread, beyond, {email: Reading(*sides) for email, sides in readings.items()}
            )
        except (AttributeError, TypeError, ValueError):
            self.fail("invalid")
        minutes = [as_of, *(minute for reading in known.readings.values() for minute in reading)]
        if {type(minute) for minute in minutes} - {int, type(None)} or set(readings) != set().union(*people):
            self.fail("invalid")
        return known

    def to_representation(self, value: GroupCalendars) -> Any:
        """The five as a list."""
        return list(value)


class CommonTimeSerializer(serializers.Serializer[Any]):
    """When a group can meet, as our services tell each other."""

    people = PeopleOrderField()
    segments = SegmentsField(
        help_text="[start, end, who] each, in minutes since 1970 in UTC; who is a hexadecimal number, whose highest "
        "of as many bits as there are `people` is the first of them."
    )
    empty_reason = EmptyReasonSerializer(allow_null=True, help_text="Why there are no segments.")
    calendars = GroupCalendarsField(
        allow_null=True,
        default=None,
        help_text="The minute of the oldest reading; whose calendars could not be read lately, were never read, or do "
        "not reach to the end of the window; and of each of these the minute of the oldest reading, and the one from "
        "which on one of their calendars is not known. Null if nobody has any.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the parts say of each other."""
        people, segments = attrs["people"], attrs["segments"]
        if not all(0 <= segment.present <= people.everybody for segment in segments):
            raise serializers.ValidationError("More people than there are.")
        if bool(segments) == bool(attrs["empty_reason"]):
            raise serializers.ValidationError("Either segments or a reason.")
        return attrs
