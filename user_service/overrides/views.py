"""Views of the dates on which somebody's time differs from their week."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
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
from user_service import models, services
from user_service.access.callers import SELF, WRITE_USERS
from user_service.models import User
from user_service.overrides import openapi, serializers
from user_service.overrides.limits import check_overrides
from user_service.store import users

Overrides = Mapping[date, int]


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
        days = {first + timedelta(days=number): values["free"] for number in range((last - first).days + 1)}
        user = _change(request, email, lambda overrides: {**overrides, **days})
        return _respond(user, lambda day: first <= day <= last)

    @openapi.delete_overrides
    def delete(self, request: Request, email: str) -> Response:
        """Has the week hold again on every date from one to another."""
        values = self.validate_query()
        first, last = values["from"], values["to"]
        _change(request, email, lambda overrides: {d: free for d, free in overrides.items() if not first <= d <= last})
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

        response = _respond(_change(request, email, edit), lambda each: each == day)
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

        _change(request, email, edit)
        return Response(status=HTTPStatus.NO_CONTENT)


def _parse_date(text: str) -> date:
    try:
        day: date = serializers.DateField().run_validation(text)
    except ValidationError as fault:
        raise ValidationError({"date": fault.detail}) from None
    return day


def _change(request: Request, email: str, edit: Callable[[Overrides], Overrides]) -> User:
    """The user with the dates that `edit` makes of theirs, stored in one step."""

    def change(user: User) -> dict[str, Any]:
        check_preconditions(request, models.overrides_version(user))
        overrides = edit(user.overrides)
        check_overrides(overrides)
        return {"overrides": overrides}

    return services.edit_user(normal_email(email), change)


def _respond(user: User, is_asked_for: Callable[[date], bool]) -> Response:
    overrides = [_represent(day, user.overrides[day]) for day in sorted(user.overrides) if is_asked_for(day)]
    body = {"email": user.email, "timezone": user.timezone, "overrides": overrides}
    return Response(body, headers={"ETag": models.overrides_version(user)})


def _represent(day: date, free: int) -> dict[str, Any]:
    intervals = [{"start": week.format_time(start), "end": week.format_time(end)} for start, end in week.to_runs(free)]
    return {"date": day.isoformat(), "row": week.to_row(free), "intervals": intervals}
