"""Reads calendars that are due, until it is stopped."""

import secrets
import signal
import threading
from typing import Any

from django.core.management.base import CommandParser

from common.api.exceptions import Unavailable
from common.management.base import ServiceCommand
from user_service.calendars import services

IDLE_SECONDS = 0.5
DOWN_SECONDS = 2.0


class Command(ServiceCommand):
    """One of any number that share the work."""

    help = (
        "Reads the calendars of users that are due, one after the other, until it is stopped. Any number of these "
        "share the work; one that is killed loses nothing, and another takes over within a minute."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to go on."""
        super().add_arguments(parser)
        parser.add_argument("--once", action="store_true", help="End when no calendar is due.")

    def work(self, options: dict[str, Any]) -> None:
        """Reads until a signal comes: what has been begun is finished. Faults of Redis are waited out."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        token = secrets.token_hex(8)
        while not stop.is_set():
            try:
                was_due = services.read_next(token)
            except Unavailable:
                if options["once"]:
                    raise
                stop.wait(DOWN_SECONDS)
                continue
            if not was_due:
                if options["once"]:
                    return
                stop.wait(IDLE_SECONDS)
