"""What the management commands have in common: a table for people, JSON for programs, a line for a fault."""

import json
import os
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from rest_framework.exceptions import APIException, ValidationError
from rich.box import SIMPLE
from rich.console import Console, RenderableType
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from common.api.exception_handler import format_error, list_errors
from common.api.serializers import StrictSerializer
from common.conf import env
from common.management import options as command_options

WIDE, SHORT = 80, 24  # columns of a terminal and of a cell
INTERRUPTED = 130  # what a shell reports of a program that Ctrl-C ended


class HelpFormatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Django's, but that the lines of a command's help stay as they are written."""


class ServiceCommand(BaseCommand):
    """A command that does what the views do. `parameters` names its options, `positional` the one without a name."""

    requires_system_checks = []
    parameters: ClassVar[type[StrictSerializer] | None] = None
    positional: ClassVar[str] = ""

    def run_from_argv(self, argv: list[str]) -> None:
        """Runs the command as a program, whom Ctrl-C and a reader that has had enough end without a trace."""
        try:
            super().run_from_argv(argv)
            sys.stdout.flush()
        except KeyboardInterrupt:
            sys.stderr.write("Interrupted.\n")
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # Nothing is left to say, also not when Python flushes at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of every command, and those that the parameters make."""
        parser.formatter_class = HelpFormatter
        parser.add_argument("--json", action="store_true", help="Print JSON, for programs.")
        if self.parameters:
            command_options.add(parser, self.parameters, self.positional)

    def handle(self, *args: Any, **options: Any) -> None:
        """Does the work; an expected fault becomes a CommandError that says what is wrong."""
        self.screen = _console(options)
        # Not Django's own wrapper, which would paint all of it red.
        self.errors = _console(options, stderr=True)
        try:
            self.work(options)
        except APIException as fault:
            hint = f"\n{explain_neighbour()}" if fault.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
            raise CommandError(f"{explain(fault)}{hint}") from None

    def work(self, options: dict[str, Any]) -> None:
        """Answers the question that the options ask, and shows the answer."""
        values = command_options.read(self.parameters, options) if self.parameters else options
        answer = self.answer(values)
        if options["json"]:
            self.write_json(answer)
        else:
            self.show(answer)

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the API would answer to the validated parameters."""
        raise NotImplementedError

    def show(self, answer: dict[str, Any]) -> None:
        """Writes the answer for people."""
        raise NotImplementedError

    def write_json(self, answer: dict[str, Any]) -> None:
        """Writes one line of JSON."""
        self.stdout.write(json.dumps(answer))

    def write(self, text: str) -> None:
        """Writes a line of text."""
        self.screen.print(Text(text), soft_wrap=True)

    def draw(self, drawing: RenderableType) -> None:
        """Writes something that is more than text."""
        self.screen.print(drawing)

    def write_table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Writes a table on a terminal; elsewhere lines of fields with a tab between them, columns first."""
        if self.screen.is_terminal:
            self.draw(_table(columns, rows, self.screen.width))
        else:
            for row in (columns, *rows):
                self.stdout.write("\t".join(row))

    def progress(self) -> Progress:
        """The progress of long work, on standard error if that is a terminal."""
        return Progress(console=self.errors, disable=not self.errors.is_terminal)


def explain(fault: APIException) -> str:
    """An expected fault in words, with the names that come with it."""
    if isinstance(fault, ValidationError):
        return "\n".join(map(format_error, list_errors(fault.detail)))
    names = {name: value for name, value in getattr(fault, "extra", {}).items() if name.endswith("attendees")}
    return "\n".join([str(fault.detail), *(f"{name}: {', '.join(value)}" for name, value in names.items())])


def explain_neighbour() -> str:
    """Where this service looks for what is below it, and how to look elsewhere. Tells no password."""
    variable = settings.NEIGHBOUR
    address = urlsplit(getattr(settings, variable))
    where = address.netloc.rpartition("@")[2] or address.path
    name = variable.removesuffix("_URL").lower().replace("_", "-")
    port = env.port_variable(variable)
    return f"{name} was looked for at {where}. Set {variable}, or {port} as for make run, if it is elsewhere."


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Table:
    table = Table(header_style="bold", box=SIMPLE)
    for place, name in enumerate(columns):
        # A time in two lines is hard to read, so where there is room only the last column is folded.
        short = width >= WIDE and place < len(columns) - 1 and all(len(row[place]) <= SHORT for row in rows)
        table.add_column(name, overflow="fold", no_wrap=short)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _console(options: dict[str, Any], *, stderr: bool = False) -> Console:
    return Console(
        stderr=stderr,
        force_terminal=True if options["force_color"] else None,
        no_color=True if options["no_color"] else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
