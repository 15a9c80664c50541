"""What the answers about a group have in common (contract, sections 5 and 6)."""

from typing import Any

from rest_framework import serializers

from common.domain.people import People
from common.domain.week import DAYS
from common.domain.window import rfc3339, weekday
from common.meetings.question import Question


class PeopleField(serializers.ListField):
    """Emails, sorted."""

    child = serializers.EmailField()


class StretchSerializer(serializers.Serializer[Any]):
    """A stretch of time, and who is there."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="Exclusive.")
    day = serializers.ChoiceField(choices=DAYS, help_text="Of the start, in the answer's time zone.")
    available_count = serializers.IntegerField()
    available = PeopleField(required=False, help_text="Unless names=false.")
    missing = PeopleField(required=False, help_text="Unless names=false.")


class GroupAnswerSerializer(serializers.Serializer[Any]):
    """Who was asked about, when, and why there is nothing, if so."""

    attendees = PeopleField()
    optional_attendees = PeopleField(required=False)
    timezone = serializers.CharField()
    start = serializers.DateTimeField(help_text="Of the window.")
    end = serializers.DateTimeField(help_text="Of the window, exclusive.")
    blockers_count = serializers.IntegerField(required=False, help_text="Without common time: how many are in the way.")
    blockers = PeopleField(required=False, help_text="Without common time: who is in the way. Unless names=false.")


def represent_question(question: Question) -> dict[str, Any]:
    """Who was asked about, and when."""
    window = question.window
    optional = {"optional_attendees": question.optional_attendees} if question.optional_attendees else {}
    return {
        "attendees": question.attendees,
        **optional,
        "timezone": window.zone.key,
        "start": rfc3339(window.start, window.zone),
        "end": rfc3339(window.end, window.zone),
    }


def represent_interval(question: Question, start: int, end: int) -> dict[str, Any]:
    """The minutes from `start` to `end`, as told in the asked zone."""
    zone = question.window.zone
    return {"start": rfc3339(start, zone), "end": rfc3339(end, zone), "day": weekday(start, zone)}


def represent_attendance(question: Question, people: People, present: int) -> dict[str, Any]:
    """How many are there and, unless only counts are wanted, who is and who is not."""
    counts: dict[str, Any] = {"available_count": present.bit_count()}
    if question.names:
        counts["available"] = people.names(present)
        counts["missing"] = people.names(people.everybody & ~present)
    return counts
