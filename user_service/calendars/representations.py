"""The JSON that is answered about calendars."""

from typing import Any

from common.domain.window import EPOCH, MINUTE
from user_service.busy_time import Calendar

_SHOWN = ("name", "kind", "host", "tentative", "state", "reason", "unread_events")


def represent_calendar(calendar: Calendar) -> dict[str, Any]:
    """What is shown of a calendar: nothing that is secret (contract, section 12)."""
    times = {name: _moment(getattr(calendar, name)) for name in ("as_of", "next_read")}
    covers = represent_interval(calendar.covers) if calendar.covers else None
    shown = {name: getattr(calendar, name) for name in _SHOWN} | {"busy_count": len(calendar.busy)}
    return shown | times | {"covers": covers}


def represent_interval(interval: tuple[int, int]) -> dict[str, Any]:
    """An interval of minutes, in UTC."""
    start, end = interval
    return {"start": _moment(start), "end": _moment(end)}


def _moment(minute: int | None) -> str | None:
    return None if minute is None else (EPOCH + minute * MINUTE).isoformat().replace("+00:00", "Z")
