"""Logging of a service: one line each with time, level, service and request id."""

import logging
from typing import Any

from common import request_id

FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s [%(request_id)s] %(name)s: %(message)s"

# What no line of ours shows need not be found out for each (the logging HOWTO, "Optimization").
logging._srcfile = None  # noqa: SLF001
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request during which it was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass."""
        record.request_id = request_id.current()
        return True


def config(service: str, level: str) -> dict[str, Any]:
    """The LOGGING setting of a service."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}},
        "formatters": {"line": {"format": FORMAT.format(service=service), "datefmt": "%H:%M:%S"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Every answer has its line in the access log: Django's own second line would repeat it, with the path, which
        # may hold an email. The trace of a bug is logged where it is answered.
        "loggers": {"django.request": {"level": "CRITICAL"}, "django.security": {"level": "ERROR"}},
    }
