"""Dates that differ: when somebody is away, or free at other times than every week (contract, section 11)."""

import itertools
from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from common.api.exceptions import Problem
from common.browsable.people import PeopleView, explain_fault, focus_on_fault
from common.domain import timezones
from user_service.days import group_dates
from user_service.models import overrides_version
from user_service.overrides.services import Overrides, edit_overrides
from user_service.pages.dates.forms import AWAY, HOLDS, DatesForm, NewDatesForm, RemovalForm
from user_service.pages.owners import find_owner, link_week, week_path
from user_service.pages.words import describe_day
from user_service.store import users


class Run(NamedTuple):
    """Dates that follow each other, on which the same holds."""

    first: date
    last: date
    holds: str

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1


class DatesView(PeopleView):
    """The dates of one user from today on, and the form for more of them."""

    def get(self, request: HttpRequest, email: str) -> HttpResponse:
        """The dates as stored."""
        return show_dates(request, find_owner(request, email), NewDatesForm())

    def post(self, request: HttpRequest, email: str) -> HttpResponse:
        """Changes dates, unless somebody else has changed them since the page was shown."""
        email = find_owner(request, email)
        form: DatesForm = (RemovalForm if "remove" in request.POST else NewDatesForm)(request.POST)
        status = HTTPStatus.BAD_REQUEST
        if form.is_valid():
            try:
                edit_overrides(email, form.edit, form.check_version)
                return HttpResponseRedirect(f"{week_path(email)}/dates#saved")
            except Problem as fault:
                form.add_error(None, explain_fault(fault))
                status = HTTPStatus(fault.status_code)
        focus_on_fault(form)
        return show_dates(request, email, form, status=status)


def show_dates(request: HttpRequest, email: str, sent: DatesForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """The page, with what was sent and what is wrong with it. While nothing can be read, it has no list."""
    form = sent if isinstance(sent, NewDatesForm) else NewDatesForm()
    context = {"sent": sent, "form": form, "version": sent["version"].value() or "", **link_week(email)}
    if status != HTTPStatus.SERVICE_UNAVAILABLE:
        user = users.get(email)
        today = timezone.now().astimezone(timezones.zone(user.timezone)).date()
        form.fields["first"].widget.attrs["min"] = form.fields["last"].widget.attrs["min"] = today.isoformat()
        runs = list(find_runs(user.overrides))
        context |= {
            "timezone": user.timezone,
            "version": overrides_version(user),
            "runs": [run for run in runs if run.last >= today],
            "past": [run for run in runs if run.last < today],
        }
    return render(request, "user_service/my_week_dates.html", context, status=status)


def find_runs(overrides: Overrides) -> Iterator[Run]:
    """The dates in order, as the fewest runs."""
    for dates in group_dates(overrides):
        for free, group in itertools.groupby(dates, overrides.__getitem__):
            days = list(group)
            yield Run(days[0], days[-1], f"Free {describe_day(free)}" if free else HOLDS[AWAY])
