#!/usr/bin/env python
"""Management commands of user-service."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Runs the command that the command line names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "user_service.settings")
    # Python puts the folder of this file first. Our packages lie beside it, in the folder above.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
