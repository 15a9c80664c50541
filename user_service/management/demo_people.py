"""A few people to try the services with: five who can meet on some days, and three who are in the way.

Fay is by her week; and for three weeks Gil is by dates that differ, and Hana by a calendar.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from common.domain.week import DAYS, day_to_hex
from common.domain.window import DAY, EPOCH, MINUTE

BUSY_DAYS = 21
_AWAY = day_to_hex(0)
_OPENS, _CLOSES = time(6, tzinfo=UTC), time(20, tzinfo=UTC)


def list_people(today: date) -> list[dict[str, Any]]:
    """All of them, as LineSerializer reads them. What differs from the weeks does from yesterday on."""
    dates = [today + number * DAY for number in range(-1, BUSY_DAYS)]
    away = {"overrides": {day.isoformat(): _AWAY for day in dates}}
    conference = [[_minute(day, _OPENS), _minute(day, _CLOSES)] for day in dates]
    busy = {"calendars": {"conference": {"intervals": conference}}}
    return [*PEOPLE, GIL | away, HANA | busy]


def _minute(day: date, moment: time) -> int:
    return (datetime.combine(day, moment) - EPOCH) // MINUTE


def _person(name: str, timezone: str, *free: tuple[str, str, str]) -> dict[str, Any]:
    """A user as POST /users takes one, free on days (by their first two letters) from one time to another."""
    intervals = [
        {"day": day, "start": start, "end": end} for days, start, end in free for day in DAYS if day[:2] in days.split()
    ]
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    return {"email": email, "name": name, "timezone": timezone, "availability": {"intervals": intervals}}


PEOPLE = (
    _person("Ann Albers", "Europe/Berlin", ("mo tu we th fr", "09:00", "12:00"), ("mo tu we th fr", "14:00", "17:00")),
    _person("Bob Baker", "Europe/London", ("mo tu we th", "09:00", "11:00"), ("mo tu we th", "13:00", "17:00")),
    _person("Cyd Cole", "America/New_York", ("tu we th", "08:00", "12:00"), ("mo fr", "13:00", "17:00")),
    _person("Dee Das", "Asia/Kolkata", ("mo tu we th fr", "18:00", "21:00"), ("sa", "10:00", "12:00")),
    _person("Eva Esteves", "America/Sao_Paulo", ("tu th fr", "09:00", "12:00"), ("mo we", "14:00", "18:00")),
    _person("Fay Fujii", "Asia/Tokyo", ("sa su", "10:00", "20:00")),
)
GIL = _person("Gil Gomez", "Europe/Madrid", ("mo tu we th fr", "09:00", "17:00"))
HANA = _person("Hana Haddad", "Africa/Cairo", ("su mo tu we th", "09:00", "18:00"))
