"""What availability-service asks of user-service. A new source of free or busy time would stand beside it."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings

from availability_service.domain.timeline import Person
from common.api.exceptions import BadGateway, Problem
from common.client import ServiceClient
from common.domain import timezones, week
from common.health.checks import ServiceCheck

users = ServiceClient("user-service", settings.USER_SERVICE_URL, settings.USER_SERVICE_SECONDS)
health = ServiceCheck(users, settings.HEALTH_SECONDS)


class UnknownAttendees(Problem):
    """Some attendees are no users; `unknown_attendees` lists them all."""

    status_code = HTTPStatus.NOT_FOUND
    default_code = "unknown-attendees"
    default_detail = "Not all attendees are users. Those who are not are listed in unknown_attendees."


def people(emails: list[str]) -> list[Person]:
    """The weeks of all these users, with one request. Raises UnknownAttendees, and what the client raises."""
    answer = users.post_json("/users/availability/query", {"emails": emails})
    try:
        found = list(_people(answer["timezones"]))
        answered = [*answer["unknown"], *(person.email for person in found)]
        complete = len(answered) == len(emails) and set(answered) == set(emails)
    except (AttributeError, KeyError, TypeError, ValueError):
        complete = False
    if not complete:
        raise BadGateway(f"{users.name} answered something other than the weeks of these users.")
    if answer["unknown"]:
        raise UnknownAttendees(unknown_attendees=answer["unknown"])
    return found


def _people(weeks_by_zone: dict[str, dict[str, Any]]) -> Iterator[Person]:
    for name, weeks in weeks_by_zone.items():
        zone = timezones.zone(name)
        for email, hexadecimal in weeks.items():
            yield Person(email, zone, week.from_hex(hexadecimal))
