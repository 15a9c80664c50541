"""Shapes of requests and answers of suggestion-service."""

import secrets
from typing import Any, get_args

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from common.api.emails import EmailField
from common.api.fields import ChoiceField, IntegerField, TextField
from common.api.serializers import Errors
from common.domain.empty_reasons import NO_AVAILABILITY, NO_OVERLAP, TOO_SHORT
from common.meetings.serializers import (
    MAX_ATTENDEES_IN_QUERY,
    MAX_MINUTES,
    GroupAnswerSerializer,
    IntervalSerializer,
    QuestionSerializer,
)
from suggestion_service.selection import Preference

PREFERENCES: tuple[Preference, ...] = get_args(Preference)
STEPS = (5, 10, 15, 20, 30, 45, 60)
ALIGNMENTS = (5, 10, 15, 30, 60)
MAX_LIMIT = 50
TITLE_MAX_LENGTH = 200
MAX_SEED = 2**53 - 1  # beyond it, a JSON reader may take another number (RFC 8259, section 6)


def draw_seed() -> int:
    """A seed for a question without one."""
    return secrets.randbelow(MAX_SEED + 1)


@extend_schema_field({"type": "integer", "enum": list(STEPS)})
class StepField(IntegerField):
    """Minutes between the starts that are tried."""

    choices = STEPS


@extend_schema_field({"type": "integer", "enum": list(ALIGNMENTS)})
class AlignField(IntegerField):
    """Minutes of the hour of which a start is a multiple."""

    choices = ALIGNMENTS


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
    align = AlignField(
        required=False,
        help_text="Starts fall on multiples of so many minutes of the hour, by the clock in `timezone`: counting in "
        "steps begins at the first of them, and leaves out what falls on none. Default: any minute.",
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


class SuggestionRequestSerializer(SuggestionQuestionSerializer):
    """The question, and what a calendar file of the answer says beside it."""

    title = TextField(
        required=False,
        max_length=TITLE_MAX_LENGTH,
        help_text="Of each event in a calendar file. Default: `Meeting of` how many are free.",
    )
    index = IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_LIMIT - 1,
        help_text="Which of the suggestions, from 0 on, a calendar file is to hold alone. Default: all of them.",
    )
    organizer = EmailField(
        required=False,
        help_text="Who invites the others in a calendar file: one of those who are asked about. "
        "By default it invites nobody, and so names no attendees.",
    )

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """Also whether the organizer is one of the group."""
        faults = super().cross_check(values, errors)
        organizer = values.get("organizer")
        group = {*values.get("attendees", []), *values.get("optional_attendees", [])}
        if organizer and "attendees" in values and organizer not in group:
            message = "The organizer is one of the attendees, optional ones included."
            faults["organizer"] = [ErrorDetail(message, code="no_attendee")]
        return faults


class SuggestionRequestInQuerySerializer(SuggestionRequestSerializer):
    """The same in a query string."""

    max_attendees = MAX_ATTENDEES_IN_QUERY


class SuggestionSerializer(IntervalSerializer):
    """A meeting."""


class SuggestionsSerializer(GroupAnswerSerializer):
    """When a group should meet."""

    duration = serializers.IntegerField()
    prefer = serializers.ChoiceField(choices=PREFERENCES)
    align = serializers.ChoiceField(choices=ALIGNMENTS, required=False, help_text="If it was asked for.")
    seed = serializers.IntegerField(required=False, help_text="With `random`: ask with it again for the same answer.")
    suggestions = SuggestionSerializer(many=True)
    empty_reason = serializers.ChoiceField(
        choices=[NO_AVAILABILITY, NO_OVERLAP, TOO_SHORT], allow_null=True, help_text="Why nothing is suggested."
    )
    longest_minutes = serializers.IntegerField(
        required=False,
        help_text="With `too_short`: the longest common time. With `align`, it begins where a start may fall; "
        "0 if none may.",
    )
