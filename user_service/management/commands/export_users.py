"""Writes all users as lines of JSON."""

from typing import Any

from common.management.base import ServiceCommand
from user_service import store
from user_service.bulk import lines
from user_service.serializers import MAX_PAGE


class Command(ServiceCommand):
    """What `import_users` reads, with nothing lost."""

    help = (
        "Writes all users to standard output, ordered by email, as JSON with or without --json: one object a line. "
        "The week is 42 hexadecimal digits, Monday 00:00 the highest bit. import_users reads it back."
    )

    def work(self, options: dict[str, Any]) -> None:
        """Page by page, so that memory stays bounded."""
        after = ""
        with self.progress() as progress:
            task = progress.add_task("Users", total=store.count())
            while users := store.fetch_page(after, MAX_PAGE):
                self.stdout.write("".join(map(lines.write, users)), ending="")
                progress.advance(task, len(users))
                after = users[-1].email
