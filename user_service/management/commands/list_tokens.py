"""Lists the tokens of a user."""

from typing import Any

from django.core.management.base import CommandParser

from common.api.emails import normal_email
from common.management.base import ServiceCommand
from user_service.access.representations import represent_token
from user_service.store import tokens

COLUMNS = ("id", "name", "scopes", "hint", "expires_at", "used_at")


class Command(ServiceCommand):
    """As GET /tokens, for anybody."""

    help = "Lists the tokens that were made for an email, and the sessions of browsers, the oldest first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL")

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """The tokens, without what is secret of them."""
        return {"results": [represent_token(token) for token in tokens.fetch_all(normal_email(values["email"]))]}

    def show(self, answer: dict[str, Any]) -> None:
        """A row for each."""
        rows = [token | {"scopes": " ".join(token["scopes"])} for token in answer["results"]]
        self.write_table(COLUMNS, [[row[column] or "never" for column in COLUMNS] for row in rows])
