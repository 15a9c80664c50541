"""The management commands of a service."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def run_command(settings_module: str) -> None:
    """Runs the command that the command line names. Ends the process, saying why, when the settings are bad."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))
