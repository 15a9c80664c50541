"""Stores a few people to try the services with."""

from typing import Any

from django.utils import timezone

from common.api.serializers import validate
from common.management.base import ServiceCommand
from user_service.bulk.serializers import LineSerializer, edit
from user_service.bulk.upsert import Line, upsert_lines
from user_service.management import demo_people


class Command(ServiceCommand):
    """As importing the same people from a file."""

    help = "Stores a few people of example.org to try the services with. Running it again puts them back as they were."

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """What was done to whom: created, updated, or unchanged."""
        now = timezone.now()
        people = [validate(LineSerializer, person) for person in demo_people.list_people(now.date())]
        lines = {
            person["email"]: Line(number, edit(person, now), person.get("calendars", {}))
            for number, person in enumerate(people, 1)
        }
        outcomes, faults = upsert_lines(lines)
        for fault in faults.values():
            raise fault
        return {"outcomes": outcomes}

    def show(self, answer: dict[str, Any]) -> None:
        """A row for each of them."""
        self.write_table(("email", "outcome"), list(answer["outcomes"].items()))
