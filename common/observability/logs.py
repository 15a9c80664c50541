"""Logging of a service: one line each with time, level, service and request id, for people or for programs."""

import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from common.observability import request_id

TEXT, JSON = "text", "json"
_STDERR = 2
_TEXT_FORMAT = "| %(asctime)s.%(msecs)03d %(levelname)s [%(request_id)s] %(name)s: %(message)s"

# What no line of ours shows need not be found out for each (the logging HOWTO, "Optimization").
logging._srcfile = None  # noqa: SLF001
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request during which it was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass."""
        record.request_id = request_id.current()
        return True


class LineHandler(logging.Handler):
    """Writes each record to stderr at once: a single write needs neither a lock nor a buffer."""

    def createLock(self) -> None:  # noqa: N802  its name in logging
        """None is needed."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the line."""
        try:
            line = f"{self.format(record)}\n".encode(errors="backslashreplace")
            while line:
                line = line[os.write(_STDERR, line) :]
        except Exception:  # noqa: BLE001  as in every handler: a log that fails must not fail what it tells of
            self.handleError(record)


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Named arguments of a message are members of it, too."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self.service,
            "request_id": request_id.current(),
            "logger": record.name,
        }
        if isinstance(record.args, Mapping):
            line |= record.args
        else:
            line["message"] = record.getMessage()
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def config(service: str, level: str, style: str) -> dict[str, Any]:
    """The LOGGING setting of a service. `style` is TEXT or JSON."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}},
        "formatters": {
            TEXT: {"format": f"{service:<20} {_TEXT_FORMAT}", "datefmt": "%H:%M:%S"},
            JSON: {"()": JsonFormatter, "service": service},
        },
        "handlers": {"stderr": {"()": LineHandler, "filters": ["request_id"], "formatter": style}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Every answer has its line in the access log: Django's own second line would repeat it, with the path,
            # which may hold an email. The trace of a bug is logged where it is answered.
            "django.request": {"level": "CRITICAL"},
            "django.security": {"level": "ERROR"},
            # gunicorn has a handler of its own until this service is loaded.
            "gunicorn.error": {"handlers": [], "propagate": True},
        },
    }
