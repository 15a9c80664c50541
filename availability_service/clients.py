"""What availability-service asks of user-service. A new source of free or busy time would stand beside it."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from availability_service.domain.timeline import NO_OVERRIDES, Person
from common.api.exceptions import BadGateway, Problem
from common.api.serializers import validate
from common.client import ServiceClient
from common.domain import timezones, week
from common.domain.calendars import Known
from common.health.checks import ServiceCheck
from common.meetings.common_time import EmailsField

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


class DatesField(serializers.Field[dict[str, dict[date, int]], Any, Any, Any]):
    """Dates that differ from the weeks: by email, what is free on each, in hexadecimal digits."""

    default_error_messages = {"invalid": "Expected days by date by email."}

    def to_internal_value(self, data: Any) -> dict[str, dict[date, int]]:
        """The quarters of each date."""
        try:
            return {
                email: {date.fromisoformat(day): week.day_from_hex(free) for day, free in days.items()}
                for email, days in data.items()
            }
        except (AttributeError, TypeError, ValueError):
            self.fail("invalid")


class BusyField(serializers.Field[dict[str, list[tuple[int, int]]], Any, Any, Any]):
    """Busy time by email, as pairs of minutes in order."""

    default_error_messages = {"invalid": "Expected pairs of minutes, in order, by email."}

    def to_internal_value(self, data: Any) -> dict[str, list[tuple[int, int]]]:
        """The intervals."""
        try:
            busy = {email: [(start, end) for start, end in intervals] for email, intervals in data.items()}
            minutes = [[minute for interval in intervals for minute in interval] for intervals in busy.values()]
            if any(sorted(set(each)) != each or {type(minute) for minute in each} - {int} for each in minutes):
                self.fail("invalid")
        except (AttributeError, TypeError, ValueError):
            self.fail("invalid")
        return busy


class KnownField(serializers.Field[dict[str, Known], Any, Any, Any]):
    """How well calendars are known, by email: the fields of Known in their order."""

    default_error_messages = {"invalid": "Expected two minutes and two truths by email."}

    def to_internal_value(self, data: Any) -> dict[str, Known]:
        """What is known."""
        try:
            known = {email: Known(*values) for email, values in data.items()}
        except (AttributeError, TypeError):
            self.fail("invalid")
        minutes = [minute for each in known.values() for minute in (each.as_of, each.until) if minute is not None]
        if {type(minute) for minute in minutes} - {int}:
            self.fail("invalid")
        return known


@dataclass(frozen=True, slots=True)
class Group:
    """When people are free, who of them has never said so, and how well the calendars are known of those with any."""

    people: list[Person]
    unset: list[str]
    calendars: dict[str, Known]


class WeeksSerializer(serializers.Serializer[Any]):
    """The weeks of some users, what holds in their place, and the emails that nobody has."""

    timezones = WeeksField()
    overrides = DatesField(default=dict)
    busy = BusyField(default=dict)
    calendars = KnownField(default=dict)
    unset = EmailsField(default=list)
    unknown = EmailsField()


def fetch_group(emails: list[str], start: int, end: int) -> Group:
    """When all these users are free from the minute `start` to the minute `end`, with one request.

    Raises UnknownAttendees, and what the client raises.
    """
    other = BadGateway(f"{users.name} answered something other than the weeks of these users.")
    answer = users.post_json("/users/availability/query", {"emails": emails, "start": start, "end": end})
    try:
        weeks = validate(WeeksSerializer, answer)
    except ValidationError:
        raise other from None
    people: list[Person] = weeks["timezones"]
    if sorted([*weeks["unknown"], *(person.email for person in people)]) != sorted(emails):
        raise other
    if weeks["unknown"]:
        raise UnknownAttendees(unknown_attendees=weeks["unknown"])
    overrides, busy = weeks["overrides"], weeks["busy"]
    if overrides or busy:
        people = [
            person._replace(overrides=overrides.get(person.email, NO_OVERRIDES), busy=busy.get(person.email, ()))
            for person in people
        ]
    return Group(people, weeks["unset"], weeks["calendars"])
