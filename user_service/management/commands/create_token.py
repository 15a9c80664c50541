"""Makes a token for a user."""

from typing import Any

from django.core.management.base import CommandParser

from common.api.emails import normal_email
from common.api.serializers import validate
from common.management.base import ServiceCommand
from user_service.access import services
from user_service.access.callers import DEFAULT_SCOPES, SCOPES
from user_service.access.representations import represent_issued
from user_service.access.serializers import DEFAULT_DAYS, DEFAULT_NAME, MAX_DAYS, NewTokenSerializer

_SCOPES = "\n".join(f"  {scope:<18} {meaning}" for scope, meaning in SCOPES.items())
HELP = f"""\
Makes a token for the user with this email, and prints it. It is never shown again: only its digest is kept.
Scopes, of which --scope names one, and again another:
{_SCOPES}
"""


class Command(ServiceCommand):
    """As POST /tokens, for anybody and with any scope."""

    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        """For whom, and what it allows."""
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL")
        defaults = ", ".join(DEFAULT_SCOPES)
        parser.add_argument("--scope", action="append", metavar="SCOPE", help=f"What it allows. Default: {defaults}.")
        days = f"After so many days it is over. 1 to {MAX_DAYS}. Default: {DEFAULT_DAYS}."
        parser.add_argument("--days", type=int, default=DEFAULT_DAYS, metavar="N", help=days)
        parser.add_argument("--name", default=DEFAULT_NAME, help="What it is for.")

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """The new token."""
        wanted = {"name": values["name"], "days": values["days"], "scopes": values["scope"] or list(DEFAULT_SCOPES)}
        email = normal_email(values["email"])
        return represent_issued(services.issue_token(email, **validate(NewTokenSerializer, wanted)))

    def show(self, answer: dict[str, Any]) -> None:
        """The token, alone: a shell may keep it in a variable."""
        self.write(answer["token"])
