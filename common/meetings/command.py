"""A command that asks about a group, and shows the intervals that are the answer."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.management.base import CommandError

from common.access import bearer
from common.api.exceptions import Relayed
from common.conf import env
from common.domain.empty_reasons import explain, explain_blockers
from common.management.base import ServiceCommand

# What is shown of an interval, and under which heading. Who is free is whoever is not missing.
_HEADINGS = {
    "day": "day",
    "start": "start",
    "end": "end",
    "minutes": "minutes",
    "available_count": "free",
    "missing": "missing",
}
_SIDES = ("start", "end")


class GroupCommand(ServiceCommand):
    """`intervals` names the member of the answer that holds them."""

    positional = "attendees"
    intervals: ClassVar[str]

    def work(self, options: dict[str, Any]) -> None:
        """Asks on behalf of whom the token is that the environment holds."""
        token = env.text("W2MEET_TOKEN", "")
        if token and not bearer.is_token(token):
            raise CommandError("W2MEET_TOKEN holds something that is no token.")
        bearer.bind(token or None)
        try:
            super().work(options)
        except Relayed as fault:
            if fault.status_code != HTTPStatus.UNAUTHORIZED:
                raise
            raise CommandError(f"{fault.detail} Set W2MEET_TOKEN to a valid token.") from None

    def show(self, answer: dict[str, Any]) -> None:
        """A row for each interval; or why there is none, and who is in the way."""
        if found := answer[self.intervals]:
            self._show_found(found, answer["timezone"])
            return
        self.write(explain(answer))
        if blockers := explain_blockers(answer):
            people = (f"{email} ({why})" if why else email for email, why in blockers.items())
            self.write(f"In the way: {', '.join(people)}")

    def _show_found(self, found: list[dict[str, Any]], zone: str) -> None:
        known = [name for name in _HEADINGS if name in found[0]]
        # On a terminal there is no room to say the same offset again and again.
        brief = self.screen.is_terminal and len({_offset(one[side]) for one in found for side in _SIDES}) == 1
        if brief:
            self.write(f"By the clock of {zone}:")
        rows = [[_cell(name, stretch[name], brief=brief) for name in known] for stretch in found]
        self.write_table([_HEADINGS[name] for name in known], rows)


def _offset(moment: str) -> timedelta | None:
    return datetime.fromisoformat(moment).utcoffset()


def _cell(name: str, value: Any, *, brief: bool) -> str:
    if name in _SIDES:
        moment = datetime.fromisoformat(value)
        return f"{moment:%Y-%m-%d %H:%M}" if brief else moment.isoformat(timespec="minutes")
    return ", ".join(value) if isinstance(value, list) else str(value)
