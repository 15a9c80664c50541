"""Users as lines of a file."""

from collections.abc import Iterable, Iterator
from typing import Any

from user_service.busy_time import BUSY, Calendar
from user_service.models import User
from user_service.store import calendars
from user_service.store.users import UnknownUser


def represent_lines(page: Iterable[User]) -> Iterator[dict[str, Any]]:
    """What LineSerializer reads of each user. Of calendars only busy time that is pushed: the others have secrets."""
    for user in page:
        if not user.calendars:
            yield user.to_json()
            continue
        try:
            same, stored = calendars.fetch(user.email)
        except UnknownUser:  # deleted since the page was read
            continue
        pushed = {name: _represent(each) for name, each in stored.items() if each.kind == BUSY}
        yield same.to_json() | ({"calendars": pushed} if pushed else {})


def _represent(calendar: Calendar) -> dict[str, Any]:
    tentative = {} if calendar.tentative == BUSY else {"tentative": calendar.tentative}
    return {"intervals": calendar.busy, **tentative}
