"""Stores the users that a file lists."""

import os
import signal
import stat
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rest_framework.exceptions import APIException
from rich.text import Text

from common.api.exception_handler import format_error
from common.management.base import ServiceCommand
from user_service.bulk import reader
from user_service.bulk.reader import Record
from user_service.bulk.serializers import edit
from user_service.bulk.upsert import Line, Preview, upsert_lines

BATCH = 1000
INTERVALS = 100  # which take as long as a user
STDIN = "-"
OUTCOMES = ("created", "updated", "unchanged", "bad")
HELP = f"""\
Stores the users of FILE (- is standard input), one a line: JSON lines, or CSV if the first line does not
begin with a brace.

JSON: each line is an object as POST /users takes it, or as export_users writes it.
CSV: the first line names the columns, with commas, semicolons or tabs between them, out of:
{", ".join(reader.COLUMNS)}. A record with line breaks in its cells is told by the line on which it begins.
A `week` is 168 digits 0 or 1, one an hour, or 42 hexadecimal ones, Monday 00:00 first; or 672 digits 0 or 1, one a
quarter of an hour. Or give, in CSV, `intervals` such as
{reader.INTERVALS_EXAMPLE}

`overrides`, in JSON, are all dates that differ from the week, such as {{"2030-12-24": "007000"}}, where 6 hexadecimal
digits are hours, and 24 are quarters of an hour. `calendars`, in JSON, are busy time that a program pushes, such as
{{"work": {{"intervals": [[30000000, 30000060]], "tentative": "free"}}}} in minutes since 1970, in UTC. Those that a
line names are replaced, and others stay.

Running it twice does no harm. Somebody who is stored already is unchanged if the line says the same, and updated
if it does not; what a line does not say (time zone, week) stays as it is. A bad line is told, with its number and
what is wrong with it, and the others are stored. The exit code is 1 if any was bad.
"""


class Command(ServiceCommand):
    """Reads what `export_users` writes, with nothing lost."""

    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to read, and whether to write."""
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Change nothing; say what would be done.")

    def work(self, options: dict[str, Any]) -> None:
        """Imports, and tells what was done, also when it could not be finished."""
        tally: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
        try:
            with _open(options["file"]) as file:
                self._import(file, tally, options)
        except reader.FileError as error:
            raise CommandError(str(error)) from None
        except (APIException, KeyboardInterrupt):
            self._tell(tally, options)
            raise
        self._tell(tally, options)
        if tally["bad"]:
            raise CommandError(f"Bad lines: {tally['bad']}.")
        if not tally.total():
            raise CommandError("There is no user in the file.")

    def _import(self, file: TextIOWrapper, tally: Counter[str], options: dict[str, Any]) -> None:
        preview = Preview() if options["dry_run"] else None
        size = _size(file)
        with self.progress() as progress:
            task = progress.add_task("Users", total=size)
            for batch in _batches(self._read_good(file, tally, options)):
                with _interrupts_wait():
                    outcomes, faults = upsert_lines(batch, preview)
                    tally.update(outcomes.values())
                for email, fault in faults.items():
                    error = {"field": "calendars", "message": str(fault.detail), "code": fault.default_code}
                    self._tell_bad(Record(batch[email].number, {}, [error]), tally, options)
                if size is not None:
                    progress.update(task, completed=os.lseek(file.fileno(), 0, os.SEEK_CUR))

    def _read_good(self, file: TextIOWrapper, tally: Counter[str], options: dict[str, Any]) -> Iterator[Record]:
        """The good records. The bad ones are told and counted."""
        for record in reader.read(file):
            if record.faults:
                self._tell_bad(record, tally, options)
            else:
                yield record

    def _tell_bad(self, record: Record, tally: Counter[str], options: dict[str, Any]) -> None:
        tally["bad"] += 1
        if options["json"]:
            self.write_json({"line": record.line, "errors": record.faults})
        else:
            faults = "; ".join(map(format_error, record.faults))
            self.errors.print(Text(f"line {record.line}: {faults}"), soft_wrap=True)

    def _tell(self, tally: Counter[str], options: dict[str, Any]) -> None:
        if options["json"]:
            self.write_json({**tally, "dry_run": options["dry_run"]})
        else:
            would = "Would be " if options["dry_run"] else ""
            self.write(f"{would}{', '.join(f'{outcome} {tally[outcome]}' for outcome in OUTCOMES)}")


def _batches(records: Iterator[Record]) -> Iterator[dict[str, Line]]:
    """What to do for each email, for so many at once; never twice for the same in one batch.

    Calendars count as well, as much as storing them takes.
    """
    now = timezone.now()
    batch: dict[str, Line] = {}
    size = 0
    for number, values, _ in records:
        if values["email"] in batch or size >= BATCH:
            yield batch
            batch, size = {}, 0
        calendars = values.get("calendars", {})
        batch[values["email"]] = Line(number, edit(values, now), calendars)
        size += 1 + sum(1 + len(calendar.busy) // INTERVALS for calendar in calendars.values())
    yield batch


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """An interrupt that comes meanwhile is obeyed afterwards: what has been stored by then can be told."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _open(name: str) -> TextIOWrapper:
    if name == STDIN:
        return reader.decode_file(sys.stdin.buffer)
    try:
        return reader.decode_file(Path(name).open("rb"))
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None


def _size(file: TextIOWrapper) -> int | None:
    """The bytes to read, if that is known."""
    status = os.fstat(file.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None
