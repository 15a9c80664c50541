"""Shows a user, and draws their week."""

from typing import Any

from django.core.management.base import CommandParser

from common.api.emails import normal_email
from common.management.base import ServiceCommand
from user_service.management import drawing
from user_service.representations import represent_availability, represent_user
from user_service.serializers import UserSerializer
from user_service.store import users


class Command(ServiceCommand):
    """As GET /users/{email} and GET /users/{email}/availability."""

    help = "Shows a user, and draws the week by the clock of their time zone. ## is a free hour, + one free in part."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom to show."""
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL")

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """The user and the availability, as one object."""
        user = users.get(normal_email(values["email"]))
        self.week = user.week
        return represent_user(user) | represent_availability(user.email, user.timezone, user.week)

    def show(self, answer: dict[str, Any]) -> None:
        """Who it is, and when they are free."""
        for name in UserSerializer().get_fields():
            self.write(f"{name:<12}{answer[name]}")
        for line in drawing.lines(self.week):
            self.draw(line)
