"""Shows a user, and draws their week and the two that come."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from common.api.emails import normal_email
from common.domain import timezones
from common.domain.week import DAYS
from common.domain.window import rfc3339
from common.management.base import ServiceCommand
from user_service.days import Day, list_days
from user_service.management import drawing
from user_service.representations import represent_availability, represent_user
from user_service.serializers import UserSerializer
from user_service.store import users

DATES = 14


class Command(ServiceCommand):
    """As GET /users/{email} and GET /users/{email}/availability, and what comes of both on the next dates."""

    help = (
        "Shows a user, and draws the week by the clock of their time zone, and then the next two weeks by date, with "
        "the dates that differ and less busy time. ## is a free hour, + one free in part, x one that a calendar takes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom to show."""
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL")

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """The user, the availability, and the dates, as one object."""
        user = users.get(normal_email(values["email"]))
        today = timezone.now().astimezone(timezones.zone(user.timezone)).date()
        self.week, self.days = user.week, list_days(user, today, DATES)
        return {
            **represent_user(user),
            **represent_availability(user.email, user.timezone, user.week),
            "dates": [_represent_day(day, user.timezone) for day in self.days],
        }

    def show(self, answer: dict[str, Any]) -> None:
        """Who it is, and when they are free."""
        for name in UserSerializer().get_fields():
            self.write(f"{name:<12}{answer[name]}")
        for line in drawing.lines(self.week):
            self.draw(line)
        self.write("")
        for line in drawing.date_lines(self.days):
            self.draw(line)


def _represent_day(day: Day, timezone: str) -> dict[str, Any]:
    """A date, whether it differs from the week, and when the user is free and when busy on it."""
    zone = timezones.zone(timezone)

    def represent(intervals: Sequence[tuple[int, int]]) -> list[dict[str, str]]:
        return [{"start": rfc3339(start, zone), "end": rfc3339(end, zone)} for start, end in intervals]

    return {
        "date": day.date.isoformat(),
        "day": DAYS[day.date.weekday()],
        "is_override": day.is_override,
        "free": represent(day.free),
        "busy": represent(day.busy),
    }
