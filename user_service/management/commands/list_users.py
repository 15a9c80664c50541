"""Lists users."""

from typing import Any

from common.management.base import ServiceCommand
from user_service.representations import represent_page
from user_service.serializers import PageQuerySerializer


class Command(ServiceCommand):
    """As GET /users."""

    help = "Lists users, ordered by email, a page at a time."
    parameters = PageQuerySerializer

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """A page; `next` is the cursor of the one that follows."""
        return represent_page(values.get("cursor", ""), values["limit"])

    def show(self, answer: dict[str, Any]) -> None:
        """A row for each user."""
        columns = ("email", "name", "timezone")
        self.write_table(columns, [[user[column] for column in columns] for user in answer["results"]])
        if answer["next"]:
            self.errors.print(f"There are more: --cursor {answer['next']}", soft_wrap=True)
