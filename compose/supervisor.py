"""Keeps processes running: starts them in order, starts again what dies, stops them in reverse. `run.py` says which."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

# A service may take its 8 seconds to answer what it has begun; then it is killed.
STOP_SECONDS = 10
MAX_DEATHS, WITHIN_SECONDS = 5, 60


@dataclass
class Part:
    """A process that is to run. `title` also says where it listens; `prefix` is for one whose lines do not name it."""

    name: str
    title: str
    command: Sequence[str]
    prefix: bool = False
    process: subprocess.Popen[str] | None = None
    watcher: threading.Thread = field(default_factory=threading.Thread)
    start_at: float = 0
    deaths: list[float] = field(default_factory=list)


class Supervisor:
    """Runs parts. Made in the main thread: from then on, no signal to stop is lost."""

    def __init__(self) -> None:
        self.was_ready = False
        # What the main thread waits for: a part that has died, a reason to stop, or None: a signal to stop.
        self.events: SimpleQueue[Part | str | None] = SimpleQueue()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.events.put(None))
        signal.signal(signal.SIGHUP, lambda *_: self.stop_silently())
        threading.Thread(target=self._watch_output, daemon=True).start()

    def run(self, parts: Sequence[Part]) -> str | None:
        """Returns when everything has stopped: None after a signal, else the reason."""
        try:
            while True:
                for part in parts:
                    if not part.process and part.start_at <= time.monotonic() and self.events.empty():
                        self._start(part)
                pauses = [part.start_at - time.monotonic() for part in parts if not part.process]
                with suppress(Empty):
                    event = self.events.get(timeout=max(0, min(pauses)) if pauses else None)
                    reason = self._plan_restart(event) if isinstance(event, Part) else event
                    if reason or event is None:
                        return reason
        finally:
            self._stop(parts)

    def print_line(self, line: str) -> None:
        """Prints a line from any thread, without tearing another."""
        try:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except OSError:
            self.stop_silently()

    def stop_silently(self) -> None:
        """Stops everything when nobody reads any longer what we print: the terminal was closed."""
        silence = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(silence, stream.fileno())
        self.events.put(None)

    def _watch_output(self) -> None:
        output = select.poll()
        output.register(sys.stdout, 0)
        output.poll()
        self.stop_silently()

    def _say(self, line: str) -> None:
        self.print_line(f"{'system':<20} | {time.strftime('%H:%M:%S')} {line}")

    def _start(self, part: Part) -> None:
        # A session of its own: Ctrl-C goes to all processes of ours at once, but they are to stop in order.
        part.process = subprocess.Popen(
            part.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if part.prefix else None,
            stderr=subprocess.STDOUT,
            errors="replace",
            start_new_session=True,
        )
        self._say(f"{part.name} started (pid={part.process.pid})")
        part.watcher = threading.Thread(target=self._watch, args=(part, part.process), daemon=True)
        part.watcher.start()

    def _watch(self, part: Part, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self.print_line(f"{part.name:<20} | {line.rstrip()}")
        process.wait()
        _kill_session(process.pid)  # workers that have lost their master would keep its port
        self._say(f"{part.name} stopped (rc={process.returncode})")
        self.events.put(part)

    def _plan_restart(self, part: Part) -> str | None:
        """Plans the next start of a part that has died, or returns why there is to be none."""
        now = time.monotonic()
        part.process = None
        part.deaths = [*(death for death in part.deaths if death > now - WITHIN_SECONDS), now]
        what = f"W2Meet has stopped, because {part.title} ended"
        if not self.was_ready:
            return f"{what} before everything was ready: the lines above say why."
        if len(part.deaths) == MAX_DEATHS:
            return f"{what} {MAX_DEATHS} times within {WITHIN_SECONDS} s: the lines above say why."
        pause = 2 ** (len(part.deaths) - 1)
        part.start_at = now + pause
        self._say(f"{part.title} starts again in {pause} s")
        return None

    def _stop(self, parts: Sequence[Part]) -> None:
        """Stops those first that ask the others: what they have begun to answer needs what is below."""
        until = time.monotonic() + STOP_SECONDS
        running = [part for part in reversed(parts) if part.watcher.is_alive()]
        for part in running:
            assert part.process
            self._say(f"sending SIGTERM to {part.name} (pid {part.process.pid})")
            part.process.terminate()
            part.watcher.join(max(0, until - time.monotonic()))
            if part.watcher.is_alive():
                _kill_session(part.process.pid)
                part.watcher.join()


def _kill_session(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
