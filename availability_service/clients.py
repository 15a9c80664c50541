"""What availability-service asks of user-service. A new source of free or busy time would stand beside it."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from rest_framework import serializers

from availability_service.domain.timeline import Person
from common.api.exceptions import BadGateway, Problem
from common.client import ServiceClient
from common.domain import timezones, week
from common.health.checks import ServiceCheck
from common.meetings.serializers import EmailsField

users = ServiceClient("user-service", settings.USER_SERVICE_URL, settings.USER_SERVICE_SECONDS)
health = ServiceCheck(users, settings.HEALTH_SECONDS)


class UnknownAttendees(Problem):
    """Some attendees are no users; `unknown_attendees` lists them all."""

    status_code = HTTPStatus.NOT_FOUND
    default_code = "unknown-attendees"
    default_detail = "Not all attendees are users. Those who are not are listed in unknown_attendees."


class WeeksField(serializers.Field[list[Person], Any, Any, Any]):
    """Weeks as hexadecimal digits, by email, by time zone."""

    default_error_messages = {"invalid": "Expected weeks by email by time zone."}

    def to_internal_value(self, data: Any) -> list[Person]:
        """The people whose weeks they are."""
        try:
            return [
                Person(email, zone, week.from_hex(digits))
                for zone, weeks in [(timezones.zone(name), weeks) for name, weeks in data.items()]
                for email, digits in weeks.items()
            ]
        except (AttributeError, TypeError, ValueError):
            self.fail("invalid")


class WeeksSerializer(serializers.Serializer[Any]):
    """The weeks of the users whose `emails` are the context."""

    timezones = WeeksField()
    unknown = EmailsField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Everybody who was asked about is there, once, and nobody else."""
        emails = [*attrs["unknown"], *(person.email for person in attrs["timezones"])]
        if sorted(emails) != sorted(self.context["emails"]):
            raise serializers.ValidationError("Other people.")
        return attrs


def fetch_people(emails: list[str]) -> list[Person]:
    """The weeks of all these users, with one request. Raises UnknownAttendees, and what the client raises."""
    answer = users.post_json("/users/availability/query", {"emails": emails})
    serializer = WeeksSerializer(data=answer, context={"emails": emails})
    if not serializer.is_valid():
        raise BadGateway(f"{users.name} answered something other than the weeks of these users.")
    if unknown := serializer.validated_data["unknown"]:
        raise UnknownAttendees(unknown_attendees=unknown)
    people: list[Person] = serializer.validated_data["timezones"]
    return people
