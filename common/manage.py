"""What each service's manage.py does."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

INTERRUPTED = 130  # what a shell reports of a program that Ctrl-C ended


def run(settings: str, script: str) -> None:
    """Runs a management command with the given settings.

    Python puts the script's own folder first on the path, where `settings.py` and its neighbours would be found
    a second time, as top-level modules.
    """
    folder = str(Path(script).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if str(Path(entry).resolve()) != folder]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)

    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read has had enough. Nothing is left to say, also not when Python flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
