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
from common.domain.empty_reasons import BECAUSE
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
        """The number of people, the quorum among them, and the window, which is put among the values."""
        faults: Errors = {}
        required = values.get("attendees", [])
        optional = values["optional_attendees"] = sorted({*values.get("optional_attendees", [])}.difference(required))
        if len(required) + len(optional) > self.max_attendees:
            hint = "" if self.max_attendees == MAX_ATTENDEES else f" Send up to {MAX_ATTENDEES} in a POST."
            message = f"At most {self.max_attendees} attendees, optional ones included.{hint}"
            faults["attendees"] = [ErrorDetail(message, code="too_many")]
        if required and values.get("min_attendees", 1) > len(required):
            are_several = len(required) > 1
            message = f"There are only {len(required)} attendees." if are_several else "There is only 1 attendee."
            faults["min_attendees"] = [ErrorDetail(message, code="max_value")]
        if not {"start", "end", "timezone"} & errors.keys():
            zone = timezones.zone(values["timezone"])
            try:
                values["window"] = window.resolve(values.get("start"), values.get("end"), zone, timezone.now())
            except window.WindowError as fault:
                faults[fault.field] = [ErrorDetail(str(fault), code="invalid_window")]
        return faults


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
        child=serializers.ChoiceField(choices=BECAUSE),
        required=False,
        help_text="What stands in the way of each of them.",
    )
    calendars = CalendarsSerializer(allow_null=True, help_text="How well calendars are known. Null if nobody has any.")
