"""Views of calendars, and of the time at which somebody is busy by them."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from icalendar import FreeBusy, vCalAddress, vPeriod
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import calendars as ical
from common.api.emails import normal_email
from common.api.parsers import JSONParser
from common.api.preconditions import check_preconditions
from common.api.views import ServiceView
from common.domain.window import EPOCH, MINUTE
from user_service.access.callers import SELF, WRITE_USERS
from user_service.busy_time import BUSY, Calendar, cut, unpack
from user_service.calendars import openapi, serializers, services
from user_service.calendars.parsers import CalendarFileParser
from user_service.calendars.representations import represent_calendar, represent_interval
from user_service.store import calendars
from user_service.store.calendars import UnknownCalendar

OWN = (SELF, WRITE_USERS)


class CalendarsView(ServiceView):
    """The calendars of a user."""

    scopes = {"GET": OWN}

    @openapi.list_calendars
    def get(self, request: Request, email: str) -> Response:
        """Where a user's busy time comes from."""
        _, stored = calendars.fetch(normal_email(email))
        return Response({"calendars": list(map(represent_calendar, stored.values()))})


class CalendarView(ServiceView):
    """One calendar of a user."""

    parser_classes = [JSONParser, CalendarFileParser]
    serializer_class = serializers.NewCalendarSerializer
    scopes = {"GET": OWN, "PUT": OWN, "DELETE": OWN}

    @openapi.read_calendar
    def get(self, request: Request, email: str, name: str) -> Response:
        """A calendar, without what is secret of it."""
        return Response(_represent(normal_email(email), name))

    @openapi.replace_calendar
    def put(self, request: Request, email: str, name: str) -> Response:
        """Says what a calendar is: busy time that is pushed, a file, or where it is read from.

        What has to be read is read within seconds, and then every few minutes. Until it could be read, what was known
        by that name holds.
        """
        email = normal_email(email)
        if not serializers.NAME.fullmatch(name):
            raise ValidationError({"name": serializers.BAD_NAME})
        ical.check_sent(request)
        check = partial(_check_preconditions, request)
        if isinstance(request.data, bytes):
            services.put_upload(email, name, request.data, check=check)
            return Response(_represent(email, name), status=HTTPStatus.ACCEPTED)
        values = self.validate_body()
        kind, tentative = values.pop("kind"), values.pop("tentative")
        if kind == BUSY:
            is_new = services.put_busy(email, name, values["intervals"], tentative, check=check)
            return Response(_represent(email, name), status=HTTPStatus.CREATED if is_new else HTTPStatus.OK)
        services.put_source(email, name, kind, values, tentative, check=check)
        return Response(_represent(email, name), status=HTTPStatus.ACCEPTED)

    @openapi.delete_calendar
    def delete(self, request: Request, email: str, name: str) -> Response:
        """Removes a calendar, and its busy time in the same step."""
        services.remove(normal_email(email), name, check=partial(_check_preconditions, request))
        return Response(status=HTTPStatus.NO_CONTENT)


class RefreshView(ServiceView):
    """Asks for a calendar to be read."""

    scopes = {"POST": OWN}

    @openapi.refresh_calendar
    def post(self, request: Request, email: str, name: str) -> Response:
        """Has a calendar read now, also one that was refused."""
        email = normal_email(email)
        services.refresh(email, name)
        return Response(_represent(email, name), status=HTTPStatus.ACCEPTED)


class BusyView(ServiceView):
    """When a user is busy."""

    renderer_classes = [*ServiceView.renderer_classes, ical.CalendarRenderer]
    parameters = serializers.WindowSerializer
    scopes = {"GET": OWN}

    @openapi.read_busy
    def get(self, request: Request, email: str) -> Response:
        """When a user is busy, by all calendars together.

        As a calendar it is a VFREEBUSY (RFC 5545, section 3.6.4).
        """
        query = self.validate_query()
        first, last = services.find_horizon()
        start, end = query.get("start", first), query.get("end", last)
        user, stored = calendars.fetch(normal_email(email))
        busy = cut(unpack(user.busy), start, end)
        if ical.is_wanted(request):
            return ical.response(_write_free_busy(user.email, busy, start, end), user.email)
        return Response(
            {"busy": list(map(represent_interval, busy)), "calendars": list(map(represent_calendar, stored.values()))}
        )


def _check_preconditions(request: Request, before: Calendar | None) -> None:
    # A calendar has no entity tag, so that `*` alone can name one.
    check_preconditions(request, exists=before is not None)


def _represent(email: str, name: str) -> dict[str, Any]:
    _, stored = calendars.fetch(email)
    if name not in stored:
        raise UnknownCalendar.of(name)
    return represent_calendar(stored[name])


def _write_free_busy(email: str, busy: list[tuple[int, int]], start: int, end: int) -> Any:
    component = FreeBusy()
    component.add("UID", ical.uid(email, "busy"))
    component.add("DTSTAMP", timezone.now())
    component.add("DTSTART", EPOCH + start * MINUTE)
    component.add("DTEND", EPOCH + end * MINUTE)
    component.add("ORGANIZER", vCalAddress(ical.mailto(email)))
    for since, until in busy:
        component.add("FREEBUSY", vPeriod((EPOCH + since * MINUTE, EPOCH + until * MINUTE)))
    return ical.new(component)
