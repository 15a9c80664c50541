"""Logging of a service: one line each with time, level, service and request id, for people or for programs."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from common.observability import request_id

TEXT, JSON = "text", "json"
_TEXT_FORMAT = "| %(asctime)s.%(msecs)03d %(levelname)s [%(request_id)s] %(name)s: %(message)s"


def add_request_id(record: logging.LogRecord) -> bool:
    """A filter that lets every record pass, with the id of the request during which it was written."""
    record.request_id = request_id.current()
    return True


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
        "formatters": {
            TEXT: {"format": f"{service:<20} {_TEXT_FORMAT}", "datefmt": "%H:%M:%S"},
            JSON: {"()": JsonFormatter, "service": service},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": [add_request_id], "formatter": style}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Every answer has its line in the access log: Django's own second line would repeat it, with the path,
            # which may hold an email. The trace of a bug is logged where it is answered.
            "django.request": {"level": "CRITICAL"},
            "django.security": {"level": "CRITICAL"},
            # gunicorn has a handler of its own until this service is loaded.
            "gunicorn.error": {"handlers": [], "propagate": True},
        },
    }
