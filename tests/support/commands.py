"""Runs management commands as people do: as processes, with pipes or on a terminal."""

import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from django.core.management import CommandError, call_command

from tests.support.servers import PATIENCE_SECONDS, ROOT


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def command(service: str, *arguments: str) -> list[str]:
    """The command line of a management command."""
    return [sys.executable, f"{service}/manage.py", *arguments]


def call(*arguments: str) -> Result:
    """Runs a command of the service whose tests these are in this process: quicker, and enough for most of it."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            call_command(*arguments)
        except CommandError as fault:
            code = fault.returncode
            err.write(f"CommandError: {fault}\n")
    return Result(code, out.getvalue(), err.getvalue())


def run(service: str, *arguments: str, stdin: str = "", **env: str) -> Result:
    """Runs a command whose output is no terminal."""
    done = subprocess.run(
        command(service, *arguments),
        input=stdin,
        env=os.environ | _settings(service) | env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def run_on_terminal(service: str, *arguments: str, **env: str) -> Result:
    """Runs a command on a terminal of 100 columns, where both outputs are one."""
    ours, theirs = pty.openpty()
    screen = {"TERM": "xterm-256color", "COLUMNS": "100"}
    without = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        command(service, *arguments),
        env=without | screen | _settings(service) | env,
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b"".join(_read(ours)).decode().replace("\r\n", "\n")
    os.close(ours)
    return Result(process.wait(PATIENCE_SECONDS), shown, "")


def _settings(service: str) -> dict[str, str]:
    """Its own, and not those of the suite that runs it."""
    return {"DJANGO_SETTINGS_MODULE": f"{service}.settings"}


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            return
