"""Runs the tests: `python -m tests [SUITE] [files of it and options of pytest]`; without a suite, all of them.

Settings of Django belong to a whole process, so each suite has one of its own, with a Redis and ports of its own. Some
run at once, since each spends half of its time waiting for processes; what a suite prints is shown when it has ended.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path

from tests.support.servers import HOST, Redis, free_port

# The longest first: the last to end should not be one that has just begun.
SUITES = {
    "user_service": "user_service.settings",
    "system": None,
    "faults": None,
    "browser": None,
    "access": "user_service.settings",
    "availability_service": "availability_service.settings",
    "suggestion_service": "suggestion_service.settings",
    "common": "tests.common.settings",
}
# In which callers have to say who they are.
WITH_TOKENS = {"access"}
AT_ONCE = 5
# By these a make that a test starts would know the one that runs the tests, and say which folder it enters.
OF_MAKE = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}


def main(arguments: list[str]) -> int:
    """The exit code: 0 when all suites pass, else that of one that fails."""
    if arguments and arguments[0] in SUITES:
        suite, *options = arguments
        return run(suite, options)
    with ThreadPoolExecutor(AT_ONCE) as pool, tempfile.TemporaryDirectory(prefix="w2meet-test-") as folder:
        running = {}
        for number, (suite, files) in enumerate(divide()):
            log = Path(folder, str(number))
            running[pool.submit(run, suite, [*files, *arguments], log)] = log
        for ended in as_completed(running):
            sys.stdout.write(running[ended].read_text(errors="replace"))
            sys.stdout.flush()
    return max(part.result() for part in running)


def divide() -> Iterator[tuple[str, list[str]]]:
    """Each suite, and which files of it, or none for all: the longest, for which all would wait, in two parts."""
    longest, *others = SUITES
    files = sorted(str(path) for path in Path("tests", longest).iterdir() if path.is_dir() or path.match("test_*.py"))
    yield longest, files[::2]
    yield longest, files[1::2]
    for suite in others:
        yield suite, []


def run(suite: str, options: list[str], log: Path | None = None) -> int:
    """The exit code of pytest for one suite, or for those of its files that are among the options."""
    chosen = [] if any(option.startswith(f"tests/{suite}") for option in options) else [f"tests/{suite}"]
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="w2meet-test-"))
        redis = held.enter_context(Redis(folder))
        output = held.enter_context(log.open("w")) if log else sys.stdout
        output.write(f"\n{suite}\n")
        output.flush()
        env = {name: value for name, value in os.environ.items() if name not in OF_MAKE} | {
            "REDIS_URL": redis.url,
            "USER_SERVICE_URL": f"http://{HOST}:{free_port()}",
            "AVAILABILITY_SERVICE_URL": f"http://{HOST}:{free_port()}",
        }
        if suite in WITH_TOKENS:
            env["ACCESS"] = "token"
        if settings := SUITES[suite]:
            env["DJANGO_SETTINGS_MODULE"] = settings
        command = [sys.executable, "-m", "pytest", *chosen, *options]
        return subprocess.call(command, env=env, stdout=output, stderr=subprocess.STDOUT)


if __name__ == "__main__":
    # A shell that runs this in the background has it ignore interrupts, and with it all that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
