"""The id that ties together what one question caused in the logs of all three services."""

import contextvars
import random
import re

HEADER = "X-Request-ID"
NONE = "-"

# What may stand in a header, a log line and a JSON text without quoting; long enough for any UUID or trace id.
_SANE = re.compile(r"[A-Za-z0-9._:+/=@-]{1,128}")
_current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default=NONE)


def current() -> str:
    """The id of the request being answered, or `-` outside of one."""
    return _current.get()


def bind(sent: str | None) -> str:
    """Makes the id that the client sent the current one, or a new one if that is missing or not sane."""
    accepted = sent if sent and _SANE.fullmatch(sent) else f"{random.getrandbits(64):016x}"
    _current.set(accepted)
    return accepted
