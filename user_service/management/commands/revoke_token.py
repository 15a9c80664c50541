"""Ends a token of a user."""

from typing import Any

from django.core.management.base import CommandParser

from common.api.emails import normal_email
from common.management.base import ServiceCommand
from user_service.store import tokens


class Command(ServiceCommand):
    """As DELETE /tokens/{id}, for anybody."""

    help = "Ends a token, or the session of a browser, at once. list_tokens says its id."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one."""
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("id", metavar="ID")

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """Which one it was."""
        tokens.revoke(normal_email(values["email"]), values["id"])
        return {"revoked": values["id"]}

    def show(self, answer: dict[str, Any]) -> None:
        """A line."""
        self.write(f"revoked {answer['revoked']}")
