"""Shapes of requests and answers of suggestion-service."""

import secrets
from typing import Any, get_args

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import ChoiceField, IntegerField
from common.domain.empty_reasons import NO_AVAILABILITY, NO_OVERLAP, TOO_SHORT
from common.meetings.serializers import (
    MAX_ATTENDEES_IN_QUERY,
    GroupAnswerSerializer,
    IntervalSerializer,
    QuestionSerializer,
)
from suggestion_service.selection import Preference

PREFERENCES: tuple[Preference, ...] = get_args(Preference)
STEPS = (5, 10, 15, 20, 30, 45, 60)
MAX_MINUTES = 1440
MAX_LIMIT = 50
MAX_SEED = 2**53 - 1  # beyond it, a JSON reader may take another number (RFC 8259, section 6)


def draw_seed() -> int:
    """A seed for a question without one."""
    return secrets.randbelow(MAX_SEED + 1)


@extend_schema_field({"type": "integer", "enum": list(STEPS)})
class StepField(IntegerField):
    """Minutes between the starts that are tried."""

    default_error_messages = {"invalid_choice": f"One of {', '.join(map(str, STEPS))}."}

    def to_internal_value(self, data: Any) -> int:
        """The minutes."""
        minutes = super().to_internal_value(data)
        if minutes not in STEPS:
            self.fail("invalid_choice")
        return minutes


class SuggestionQuestionSerializer(QuestionSerializer):
    """When should this group meet?"""

    duration = IntegerField(default=60, min_value=1, max_value=MAX_MINUTES, help_text="Minutes.")
    prefer = ChoiceField(
        choices=PREFERENCES, default=PREFERENCES[0], help_text="`best` is most attendees, then soonest."
    )
    step = StepField(
        default=60,
        help_text="Minutes between the starts that are tried, counted from the start of each stretch in which enough "
        "are free, and again from each point in it where somebody more becomes free.",
    )
    limit = IntegerField(
        default=1, min_value=1, max_value=MAX_LIMIT, help_text="How many suggestions, no two the same."
    )
    seed = IntegerField(
        default=draw_seed,
        min_value=0,
        max_value=MAX_SEED,
        help_text="Makes `random` repeatable. Default: drawn, and told.",
    )


class SuggestionQuestionInQuerySerializer(SuggestionQuestionSerializer):
    """The same question in a query string."""

    max_attendees = MAX_ATTENDEES_IN_QUERY


class SuggestionSerializer(IntervalSerializer):
    """A meeting."""


class SuggestionsSerializer(GroupAnswerSerializer):
    """When a group should meet."""

    duration = serializers.IntegerField()
    prefer = serializers.ChoiceField(choices=PREFERENCES)
    seed = serializers.IntegerField(required=False, help_text="With `random`: ask with it again for the same answer.")
    suggestions = SuggestionSerializer(many=True)
    empty_reason = serializers.ChoiceField(
        choices=[NO_AVAILABILITY, NO_OVERLAP, TOO_SHORT], allow_null=True, help_text="Why nothing is suggested."
    )
    longest_minutes = serializers.IntegerField(required=False, help_text="With `too_short`: the longest common time.")
