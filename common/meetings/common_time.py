"""The shape of common time as our services tell each other of it: bits stand for people."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.domain.calendars import GroupCalendars, Reading
from common.domain.empty_reasons import BECAUSE, NO_AVAILABILITY, NO_OVERLAP, EmptyReason
from common.domain.people import People
from common.domain.segments import Segment


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
    because = serializers.DictField(
        child=serializers.ChoiceField(choices=BECAUSE), default=dict, help_text="What stands in the way of each."
    )

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
