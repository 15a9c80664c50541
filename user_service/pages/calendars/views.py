"""Calendars: where somebody's busy time comes from, and how well it can be read (contract, section 12)."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from rest_framework.exceptions import ParseError, ValidationError

from common.api.exceptions import Problem
from common.browsable.people import PeopleView, explain_fault, focus_on_fault
from common.domain import timezones
from common.domain.window import local
from user_service.busy_time import BUSY, CALDAV, FAILING, FEED, FREE, OK, REFUSED, UPLOAD, WAITING, Calendar
from user_service.calendars import services
from user_service.calendars.serializers import BAD_NAME, NAME
from user_service.pages.calendars.forms import FORMS, CalendarForm
from user_service.pages.owners import find_owner, link_week, week_path
from user_service.store import calendars

SOURCES = {
    BUSY: "Sent by a program",
    UPLOAD: "An uploaded file",
    FEED: "A feed of",
    CALDAV: "An account at",
}
STATES = {
    WAITING: "Waiting to be read, which takes a few seconds",
    OK: "Up to date",
    FAILING: "Cannot be read",
    REFUSED: "Refused, and not tried again unless you ask for it",
}
STATES_OF_A_FILE = STATES | {OK: "Read as it was uploaded", REFUSED: "Cannot be read: remove it, or upload another"}
ACTIONS = {"read": services.refresh, "remove": services.remove}


class CalendarLine(NamedTuple):
    """What the page says of a calendar, its times by the clock of its owner."""

    calendar: Calendar
    source: str
    state: str
    is_bad: bool
    read_at: datetime | None
    next_read: datetime | None
    is_tentative_free: bool
    can_be_read_again: bool


class CalendarsView(PeopleView):
    """The calendars of one user, and the forms that add one."""

    def get(self, request: HttpRequest, email: str) -> HttpResponse:
        """The calendars as stored."""
        return show_calendars(request, find_owner(request, email))

    def post(self, request: HttpRequest, email: str) -> HttpResponse:
        """Adds a calendar, has one read now, or removes one."""
        email = find_owner(request, email)
        for action, act in ACTIONS.items():
            if name := request.POST.get(action):
                if not NAME.fullmatch(name):
                    raise ParseError(BAD_NAME)
                act(email, name)
                return HttpResponseRedirect(f"{week_path(email)}/calendars#saved")
        if request.POST.get("add") not in FORMS:
            raise ParseError("This form adds no calendar of a kind that is known here.")
        form = FORMS[request.POST["add"]](request.POST, request.FILES)
        status = add_calendar(email, form)
        if status == HTTPStatus.ACCEPTED:
            return HttpResponseRedirect(f"{week_path(email)}/calendars#saved")
        focus_on_fault(form)
        return show_calendars(request, email, form, status=status)


def add_calendar(email: str, form: CalendarForm) -> int:
    """Stores the calendar of a form, or tells in it what is wrong: the status of the answer."""
    if not form.is_valid():
        return HTTPStatus.BAD_REQUEST
    try:
        form.store(email)
    except ValidationError as fault:
        form.add_faults(fault)
        return fault.status_code
    except services.CalendarExists as fault:
        form.add_error("name", str(fault.detail))
        form.asks_to_replace = True
        return fault.status_code
    except Problem as fault:
        form.add_error(None, explain_fault(fault))
        return fault.status_code
    return HTTPStatus.ACCEPTED


def show_calendars(
    request: HttpRequest, email: str, sent: CalendarForm | None = None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page, with what was sent and what is wrong with it. While nothing can be read, it has no list.

    Where nothing can be encrypted, only files can be added.
    """
    kinds = FORMS if settings.CALENDAR_KEYS else {UPLOAD: FORMS[UPLOAD]}
    forms = [sent if sent and sent.kind == kind else form() for kind, form in kinds.items()]
    context: dict[str, Any] = {"sent": sent, "forms": forms, **link_week(email)}
    if status != HTTPStatus.SERVICE_UNAVAILABLE:
        user, stored = calendars.fetch(email)
        zone = timezones.zone(user.timezone)
        lines = [describe_calendar(calendar, zone) for calendar in stored.values()]
        context |= {"timezone": user.timezone, "lines": lines}
    response = render(request, "user_service/my_week_calendars.html", context, status=status)
    # What was sent may be the address of a feed, which is as good as a password.
    response.headers["Cache-Control"] = "no-store"
    return response


def describe_calendar(calendar: Calendar, zone: ZoneInfo) -> CalendarLine:
    """What the page says of a calendar. A file is looked at again every day, but it stays as it was."""
    can_be_read_again = calendar.kind in (FEED, CALDAV)
    next_read = calendar.next_read if can_be_read_again and calendar.state != WAITING else None
    return CalendarLine(
        calendar=calendar,
        source=f"{SOURCES[calendar.kind]} {calendar.host}".strip(),
        state=(STATES_OF_A_FILE if calendar.kind == UPLOAD else STATES)[calendar.state],
        is_bad=calendar.state in (FAILING, REFUSED),
        read_at=None if calendar.as_of is None else local(calendar.as_of, zone),
        next_read=None if next_read is None else local(next_read, zone),
        is_tentative_free=calendar.tentative == FREE,
        can_be_read_again=can_be_read_again,
    )
