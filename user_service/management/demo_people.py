"""A few people to try the services with: five who can meet on some days, and one who is in the way."""

from typing import Any

from common.domain.week import DAYS


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
