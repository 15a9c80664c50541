"""What availability-service asks of user-service. A new source of free or busy time would stand beside it."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from availability_service.domain.timeline import Person
from common.api.exceptions import BadGateway, Problem
from common.api.serializers import validate
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
                Person(email, zone, *week.read_hex(digits))
                for zone, weeks in [(timezones.zone(name), weeks) for name, weeks in data.items()]
                for email, digits in weeks.items()
            ]
        except (AttributeError, TypeError, ValueError):
            self.fail("invalid")


class WeeksSerializer(serializers.Serializer[Any]):
    """The weeks of some users, and the emails that nobody has."""

    timezones = WeeksField()
    unknown = EmailsField()


def fetch_people(emails: list[str]) -> list[Person]:
    """The weeks of all these users, with one request. Raises UnknownAttendees, and what the client raises."""
    other = BadGateway(f"{users.name} answered something other than the weeks of these users.")
    answer = users.post_json("/users/availability/query", {"emails": emails})
    try:
        weeks = validate(WeeksSerializer, answer)
    except ValidationError:
        raise other from None
    people: list[Person] = weeks["timezones"]
    if sorted([*weeks["unknown"], *(person.email for person in people)]) != sorted(emails):
        raise other
    if weeks["unknown"]:
        raise UnknownAttendees(unknown_attendees=weeks["unknown"])
    return people
