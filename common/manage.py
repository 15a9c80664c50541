"""What each service's manage.py does."""

import os
import sys
from pathlib import Path


def run(settings: str, script: str) -> None:
    """Runs a management command with the given settings.

    Python puts the script's own folder first on the path, where `settings.py` and its neighbours would be found
    a second time, as top-level modules.
    """
    folder = str(Path(script).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if str(Path(entry).resolve()) != folder]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)

    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)
