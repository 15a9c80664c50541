"""Runs the tests: `python -m tests [SUITE] [options of pytest]`; without a suite, all of them.

Settings of Django belong to a whole process, so each suite has one of its own, with a Redis of its own.
"""

import os
import subprocess
import sys
import tempfile

from tests.support.servers import HOST, Redis, free_port

SUITES = {
    "common": "tests.common.settings",
    "user_service": "user_service.settings",
    "availability_service": "availability_service.settings",
    "suggestion_service": "suggestion_service.settings",
    "system": None,
    "browser": None,
}


def main(arguments: list[str]) -> int:
    """The exit code: that of the first suite that fails, else 0."""
    chosen = [arguments.pop(0)] if arguments and arguments[0] in SUITES else list(SUITES)
    return next((code for suite in chosen if (code := run(suite, arguments))), 0)


def run(suite: str, options: list[str]) -> int:
    """The exit code of pytest for one suite."""
    sys.stdout.write(f"\n{suite}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="w2meet-test-") as folder, Redis(folder) as redis:
        env = os.environ | {
            "REDIS_URL": redis.url,
            "USER_SERVICE_URL": f"http://{HOST}:{free_port()}",
            "AVAILABILITY_SERVICE_URL": f"http://{HOST}:{free_port()}",
        }
        if settings := SUITES[suite]:
            env["DJANGO_SETTINGS_MODULE"] = settings
        return subprocess.call([sys.executable, "-m", "pytest", f"tests/{suite}", *options], env=env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
