"""Shapes of the answers of availability-service."""

from rest_framework import serializers

from common.answer import GroupAnswerSerializer, PeopleField, StretchSerializer
from common.fields import COMPACT, EncodingField
from common.question import MAX_ATTENDEES_IN_QUERY, QuestionSerializer
from common.reasons import NO_AVAILABILITY, NO_OVERLAP


class CommonQuestionSerializer(QuestionSerializer):
    """When can this group meet?"""

    encoding = EncodingField(
        help_text=f"`{COMPACT}` is for programs: times are minutes since 1970 in UTC, people are bits of a number."
    )


class CommonQuestionInQuerySerializer(CommonQuestionSerializer):
    """The same question in a query string."""

    max_attendees = MAX_ATTENDEES_IN_QUERY


class CommonIntervalSerializer(StretchSerializer):
    """A stretch of time at which enough attendees are free."""

    minutes = serializers.IntegerField()
    available_count = serializers.IntegerField(
        required=False, help_text="This, available and missing come with a quorum or optional attendees."
    )


class CommonSerializer(GroupAnswerSerializer):
    """When a group can meet."""

    common = CommonIntervalSerializer(many=True, required=False)
    pieces = serializers.ListField(
        child=serializers.ListField(),
        required=False,
        help_text=f"With `{COMPACT}` instead of common: [start, end, who] each, in minutes since 1970 in UTC; "
        "who is a hexadecimal number, whose highest of as many bits as there are `people` is the first of them.",
    )
    people = PeopleField(required=False, help_text="Comes with `pieces`.")
    empty_reason = serializers.ChoiceField(
        choices=[NO_AVAILABILITY, NO_OVERLAP], allow_null=True, help_text="Why there is no common time."
    )
