"""My week: say who you are and when you are free. The views call what those of the API call."""

from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from common.api.exceptions import Problem
from common.browsable.people import PeopleView, explain_fault, focus_on_fault
from common.domain import week
from user_service import services
from user_service.access.callers import WRITE_USERS, caller_of
from user_service.access.permissions import check_sign_up
from user_service.access.sharing import sharing_rule
from user_service.models import User, user_version
from user_service.pages.forms import RULES, EmailForm, NewUserForm, StaleForm, WeekForm
from user_service.pages.owners import find_owner, link_week, week_path
from user_service.pages.words import describe_day
from user_service.store import users

IF_THAT_IS_YOU = "If that is you, create yourself here."
NO_WEEK_YET = "You have no week here yet: create it."


class StartView(PeopleView):
    """Where nobody's week is asked for yet: create yourself, or say who you are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The forms; with an email, the way to the week of that user."""
        if "email" not in request.GET:
            own = caller_of(request).email
            return HttpResponseRedirect(week_path(own)) if own else show_start(request, NewUserForm(), EmailForm())
        form = EmailForm(request.GET)
        if form.is_valid():
            return HttpResponseRedirect(week_path(form.cleaned_data["email"]))
        form.fields["email"].widget.attrs["autofocus"] = True
        return show_start(request, NewUserForm(), form, status=HTTPStatus.BAD_REQUEST)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Creates a user, and leads to their week."""
        form = NewUserForm(request.POST)
        status = HTTPStatus.BAD_REQUEST
        if form.is_valid():
            check_sign_up(caller_of(request), form.cleaned_data["email"])
            try:
                return HttpResponseRedirect(week_path(services.create_user(**form.cleaned_data).email))
            except Problem as fault:
                form.add_error("email" if isinstance(fault, users.EmailTaken) else None, explain_fault(fault))
                status = HTTPStatus(fault.status_code)
        focus_on_fault(form)
        known = EmailForm(initial={"email": form["email"].value()})
        return show_start(request, form, known, status=status)


def show_start(
    request: HttpRequest, new: NewUserForm, known: EmailForm, *, notice: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page with which everybody begins. Who has nobody's week but their own does not choose one."""
    chooses = caller_of(request).may(WRITE_USERS)
    context = {"new": new, "known": known if chooses else None, "notice": notice}
    return render(request, "user_service/my_week_start.html", context, status=status)


class WeekView(PeopleView):
    """The week of one user, to look at and to paint: one's own, or anybody's for an administrator."""

    def get(self, request: HttpRequest, email: str) -> HttpResponse:
        """The week as stored. Who is not stored may be created."""
        email = find_owner(request, email)
        try:
            form = WeekForm.of(users.get(email))
        except users.UnknownUser as fault:
            notice = NO_WEEK_YET if caller_of(request).email == email else f"{fault.detail} {IF_THAT_IS_YOU}"
            new, known = NewUserForm(initial={"email": email}), EmailForm()
            return show_start(request, new, known, notice=notice, status=fault.status_code)
        return show_week(request, email, form)

    def post(self, request: HttpRequest, email: str) -> HttpResponse:
        """Stores name, time zone and hours, unless somebody else has changed them since the form was shown."""
        email = find_owner(request, email)
        form = WeekForm(request.POST)
        if not form.is_valid():
            focus_on_fault(form)
            return show_week(request, email, form, status=HTTPStatus.BAD_REQUEST)
        try:
            services.change_user(email, form.changes, form.check_version)
        except StaleForm as fault:
            return show_both(request, fault.stored, fault.sent)
        except Problem as fault:
            form.add_error(None, explain_fault(fault))
            return show_week(request, email, form, status=fault.status_code)
        return HttpResponseRedirect(f"{week_path(email)}#saved")


def show_week(request: HttpRequest, email: str, form: WeekForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """The form of a week, with what was sent if anything was."""
    rule = RULES.get(form["rule"].value()) if "rule" in form.fields else ""
    context = {"form": form, "rule": rule, **link_week(email)}
    return render(request, "user_service/my_week.html", context, status=status)


class Difference(NamedTuple):
    """A row of the table that compares what is stored with what was sent."""

    label: str
    stored: str
    sent: str


def show_both(request: HttpRequest, stored: User, sent: User) -> HttpResponse:
    """What is stored beside what was sent, and the choice between them."""
    weeks = ([describe_day(free) or "not free" for free in week.to_days(user.week)] for user in (stored, sent))
    rows = [
        Difference("Name", stored.name, sent.name),
        Difference("Time zone", stored.timezone, sent.timezone),
        *(Difference(day.capitalize(), *hours) for day, *hours in zip(week.DAYS, *weeks, strict=True)),
    ]
    if not settings.IS_OPEN:
        rows.append(Difference("Who may ask", _describe_sharing(stored), _describe_sharing(sent)))
    mine = request.POST.copy()
    mine["version"] = user_version(stored)
    context = {"email": stored.email, "form": WeekForm(mine), "rows": rows}
    return render(request, "user_service/my_week_stale.html", context, status=HTTPStatus.PRECONDITION_FAILED)


def _describe_sharing(user: User) -> str:
    rule, people = sharing_rule(user)
    return f"{RULES[rule]}: {', '.join(people)}" if people else RULES[rule]
