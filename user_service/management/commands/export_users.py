"""Writes all users as lines of JSON."""

import json
from typing import Any

from common.management.base import ServiceCommand
from user_service.bulk.representations import represent_lines
from user_service.serializers import MAX_PAGE
from user_service.store import listing


class Command(ServiceCommand):
    """What `import_users` reads, with nothing lost."""

    help = (
        "Writes all users to standard output, ordered by email, as JSON with or without --json: one object a line. "
        "The week is 42 hexadecimal digits, Monday 00:00 the highest bit; or, where hours are free in part, a digit 0 "
        "or 1 for each quarter of an hour. Of calendars those are exported that programs push, of no other even the "
        "name. import_users reads it back."
    )

    def work(self, options: dict[str, Any]) -> None:
        """Page by page, so that memory stays bounded."""
        after = ""
        with self.progress() as progress:
            task = progress.add_task("Users", total=listing.count())
            while page := listing.fetch_page(after, MAX_PAGE):
                for line in represent_lines(page):
                    # Without blanks, the longest line is one that import_users takes.
                    self.stdout.write(json.dumps(line, separators=(",", ":")))
                progress.advance(task, len(page))
                after = page[-1].email
