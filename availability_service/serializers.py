"""Shapes of the answers of availability-service."""

from typing import Any

from rest_framework import serializers

from common.api.emails import EmailField
from common.api.fields import IntegerField
from common.domain.empty_reasons import NO_AVAILABILITY, NO_OVERLAP
from common.domain.week import DAYS
from common.meetings.serializers import (
    MAX_ATTENDEES_IN_QUERY,
    MAX_MINUTES,
    GroupAnswerSerializer,
    IntervalSerializer,
    PeopleField,
    QuestionSerializer,
)


class SegmentsQuestionSerializer(QuestionSerializer):
    """When can this group meet? For programs, which are told everybody there is."""

    names = None  # type: ignore[assignment]  # how REST framework drops a field of the base
    run_over = IntegerField(
        default=0,
        min_value=0,
        max_value=MAX_MINUTES,
        help_text="By how many minutes a meeting that begins within the window may run past its end.",
    )


class QuestionInQuerySerializer(QuestionSerializer):
    """When can this group meet? In a query string."""

    max_attendees = MAX_ATTENDEES_IN_QUERY


class CommonIntervalSerializer(IntervalSerializer):
    """A stretch of time at which enough attendees are free."""

    minutes = serializers.IntegerField()
    available_count = serializers.IntegerField(
        required=False, help_text="This, available and missing come with a quorum or optional attendees."
    )


class CommonSerializer(GroupAnswerSerializer):
    """When a group can meet."""

    common = CommonIntervalSerializer(many=True)
    empty_reason = serializers.ChoiceField(
        choices=[NO_AVAILABILITY, NO_OVERLAP], allow_null=True, help_text="Why there is no common time."
    )


class PartlySerializer(serializers.Serializer[Any]):
    """Somebody who is free for a part of an hour."""

    email = EmailField()
    minutes = serializers.IntegerField()


class HeatHourSerializer(serializers.Serializer[Any]):
    """An hour by the clock of the asked zone, cut by the window's ends and by clock changes."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="Exclusive.")
    minutes = serializers.IntegerField(help_text="How long it is: 60, unless it is cut.")
    quorum_minutes = serializers.IntegerField(help_text="For how long enough attendees are free at once.")
    available_count = serializers.IntegerField(help_text="How many are free throughout.")
    partly_count = serializers.IntegerField(help_text="How many are free for only a part of it.")
    available = PeopleField(required=False, help_text="This and the two below: unless names=false.")
    partly = PartlySerializer(many=True, required=False)
    missing = PeopleField(required=False)


class HeatDaySerializer(serializers.Serializer[Any]):
    """A day of the window: 24 hours, or 23 or 25 when the clocks change."""

    date = serializers.DateField()
    day = serializers.ChoiceField(choices=DAYS)
    hours = HeatHourSerializer(many=True)


class HeatmapSerializer(GroupAnswerSerializer):
    """How many are free in each hour."""

    people_count = serializers.IntegerField(help_text="Of how many: attendees and optional ones.")
    min_attendees = serializers.IntegerField(help_text="The quorum that quorum_minutes go by.")
    days = HeatDaySerializer(many=True)
    empty_reason = serializers.ChoiceField(
        choices=[NO_AVAILABILITY, NO_OVERLAP], allow_null=True, help_text="Why there is no common time."
    )
