"""Views of the dates on which somebody's time differs from their week."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from django.http import HttpResponseNotModified
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.emails import normal_email
from common.api.preconditions import check_preconditions, knows_version
from common.api.serializers import StrictSerializer
from common.api.views import ServiceView
from common.domain import week
from user_service import models
from user_service.access.callers import SELF, WRITE_USERS
from user_service.models import User
from user_service.overrides import openapi, serializers
from user_service.overrides.services import Edit, Overrides, edit_overrides, remove_dates, replace_dates
from user_service.store import users


class OverridesView(ServiceView):
    """The dates on which somebody's time differs from their week."""

    parameters = serializers.OptionalRangeSerializer
    serializer_class = serializers.NewOverridesSerializer
    scopes = {"GET": (SELF, WRITE_USERS), "POST": (SELF, WRITE_USERS), "DELETE": (SELF, WRITE_USERS)}

    def find_parameters(self) -> type[StrictSerializer] | None:
        """A DELETE says in its query of which dates."""
        return serializers.RangeSerializer if self.request.method == "DELETE" else super().find_parameters()

    @openapi.list_overrides
    def get(self, request: Request, email: str) -> Response | HttpResponseNotModified:
        """The dates of a user that differ from the week."""
        bounds = self.validate_query()
        user = users.get(normal_email(email))
        tag = models.overrides_version(user)
        if knows_version(request, tag):
            return HttpResponseNotModified(headers={"ETag": tag})
        return _respond(user, lambda day: bounds.get("from", day) <= day <= bounds.get("to", day))

    @openapi.replace_overrides
    def post(self, request: Request, email: str) -> Response:
        """Says what is free on every date from one to another."""
        values = self.validate_body()
        first, last = values["from"], values["to"]
        user = _change(request, email, replace_dates(first, last, values["free"]))
        return _respond(user, lambda day: first <= day <= last)

    @openapi.delete_overrides
    def delete(self, request: Request, email: str) -> Response:
        """Has the week hold again on every date from one to another."""
        values = self.validate_query()
        _change(request, email, remove_dates(values["from"], values["to"]))
        return Response(status=HTTPStatus.NO_CONTENT)


class OverrideView(ServiceView):
    """One date on which somebody's time differs from their week."""

    serializer_class = serializers.NewOverrideSerializer
    scopes = {"PUT": (SELF, WRITE_USERS), "DELETE": (SELF, WRITE_USERS)}

    @openapi.replace_override
    def put(self, request: Request, email: str, date: str) -> Response:
        """Says what is free on a date, in place of the weekly row."""
        day, free = _parse_date(date), self.validate_body()["free"]
        is_new = False

        def edit(overrides: Overrides) -> Overrides:
            nonlocal is_new
            is_new = day not in overrides
            return {**overrides, day: free}

        response = _respond(_change(request, email, edit, day), lambda each: each == day)
        response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        return response

    @openapi.delete_override
    def delete(self, request: Request, email: str, date: str) -> Response:
        """Has the week hold again on a date."""
        day = _parse_date(date)

        def edit(overrides: Overrides) -> Overrides:
            if day not in overrides:
                raise NotFound(f"On {day} the week holds already.")
            return {each: free for each, free in overrides.items() if each != day}

        _change(request, email, edit, day)
        return Response(status=HTTPStatus.NO_CONTENT)


def _parse_date(text: str) -> date:
    try:
        day: date = serializers.DateField().run_validation(text)
    except ValidationError as fault:
        raise ValidationError({"date": fault.detail}) from None
    return day


def _change(request: Request, email: str, edit: Edit, day: date | None = None) -> User:
    """The user with changed overrides, or with one of a single day. Its version is that of all of them."""

    def check(user: User) -> None:
        exists = day is None or day in user.overrides
        check_preconditions(request, models.overrides_version(user), exists=exists)

    return edit_overrides(normal_email(email), edit, check)


def _respond(user: User, is_asked_for: Callable[[date], bool]) -> Response:
    overrides = [_represent(day, user.overrides[day]) for day in sorted(user.overrides) if is_asked_for(day)]
    body = {"email": user.email, "timezone": user.timezone, "overrides": overrides}
    return Response(body, headers={"ETag": models.overrides_version(user)})


def _represent(day: date, free: int) -> dict[str, Any]:
    intervals = [{"start": week.format_time(start), "end": week.format_time(end)} for start, end in week.to_runs(free)]
    return {"date": day.isoformat(), "row": week.to_row(free), "intervals": intervals}
