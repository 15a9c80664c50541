"""What honcho lacks: signals that are never lost, an order to stop in, lines without a detour, a log that may end.

For `run.py`, which says what to run.
"""

import io
import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any

import honcho.manager
import honcho.process
from honcho.printer import Message, Printer

MAIN = os.getpid()

# A service may take its 8 seconds to answer what it has begun; then it is killed.
honcho.manager.KILL_WAIT = 10


class Child(honcho.process.Popen):  # type: ignore[misc]
    """What honcho runs, but that it prints straight to our output: a detour of each line costs more than a request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, stdout=None, **kwargs)
        self.stdout = io.BytesIO()  # honcho finds nothing there to pass on


class Log(Printer):  # type: ignore[misc]
    """honcho's log, in which a message without a name is a line of its own."""

    def write(self, message: Message) -> None:
        """Prints it, after the time and the name of who says it."""
        try:
            if message.name:
                super().write(message)
            else:
                print(message.data, file=self.output, flush=True)
        except OSError:
            nobody_listens()
        except RuntimeError:
            pass  # a signal came in the midst of another line, and what it has to say must not keep it from its work


class System(honcho.manager.Manager):  # type: ignore[misc]
    """honcho's supervisor, but that a signal which comes while processes are still starting is not lost."""

    told_to_stop = False
    stopping = False
    fault: str | None = None

    def __init__(self) -> None:
        super().__init__(Log())

    def add_service(self, *args: Any, **kwargs: Any) -> None:
        """Adds a process whose lines carry its name already."""
        self.add_process(*args, **kwargs)._child_ctor = Child  # noqa: SLF001  honcho has no other way to say so

    def started(self) -> bool:
        """Whether all processes have started."""
        return bool(self._all_started())

    def say(self, line: str) -> None:
        """Prints a line from any thread, without tearing another."""
        self.events.put(Message("line", line, None, None, None))

    def terminate(self) -> None:
        """Stops everything, at once or as soon as everything has started. After a signal, or when a process ended."""
        self.stopping = True
        self.told_to_stop |= self.returncode in {130, 143}
        if self.started():
            super().terminate()

    def _killall(self, force: bool = False) -> None:
        """Stops those first that ask the others: what they have begun to answer needs what is below."""
        until = time.monotonic() + honcho.manager.KILL_WAIT
        for name, process in reversed(self._processes.items()):
            if not force and "returncode" not in process:
                self._system_print(f"sending SIGTERM to {name} (pid {process['pid']})\n")
                with suppress(ProcessLookupError):  # it has just ended by itself
                    os.kill(process["pid"], signal.SIGTERM)
                process["process"].join(max(0, until - time.monotonic()))
        if force or time.monotonic() > until:
            super()._killall(force=True)

    def _any_stopped(self) -> bool:
        return self.stopping or bool(super()._any_stopped())


def listen() -> None:
    """Stops everything when whoever reads what we print goes away."""
    output = select.poll()
    output.register(sys.stdout, 0)
    output.poll()
    nobody_listens()


def nobody_listens(*_: object) -> None:
    """Stops everything in silence: the terminal was closed, or whatever else read what we print."""
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(silence, stream.fileno())
    os.kill(MAIN, signal.SIGTERM)
