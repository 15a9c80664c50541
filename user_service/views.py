"""Views of user-service: parse, call, serialize."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpResponseNotModified
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import calendars
from common.api.emails import normal_email
from common.api.parsers import JSONParser
from common.api.preconditions import check_preconditions, knows_version
from common.api.views import ServiceView
from user_service import models, openapi, serializers, services
from user_service.access.callers import FREEBUSY, FREEBUSY_ALL, READ_USERS, SELF, WRITE_USERS, caller_of
from user_service.access.permissions import check_sign_up
from user_service.access.sharing import fetch_shared, fetch_visible, sharing_rule
from user_service.ics import writer
from user_service.ics.reader import CalendarParser, CalendarWeek
from user_service.models import User
from user_service.overrides.services import check_overrides
from user_service.representations import (
    represent_availabilities,
    represent_availability,
    represent_batch,
    represent_page,
    represent_user,
)
from user_service.store import users
from user_service.weeks.serializers import (
    BatchQuerySerializer,
    LookUpQuerySerializer,
    NewAvailabilitySerializer,
)


def _respond_if_changed(request: Request, response: Response) -> Response | HttpResponseNotModified:
    """The response, or 304 when the client has it already."""
    tag = response["ETag"]
    return HttpResponseNotModified(headers={"ETag": tag}) if knows_version(request, tag) else response


class UsersView(ServiceView):
    """All users."""

    parameters = serializers.PageQuerySerializer
    serializer_class = serializers.NewUserSerializer
    scopes = {"GET": (READ_USERS,), "POST": ()}  # who signs up has no scope for it: see `check_sign_up`

    @openapi.list_users
    def get(self, request: Request) -> Response:
        """A page of users, ordered by email."""
        query = self.validate_query()
        page = represent_page(query.get("cursor", ""), query["limit"])
        if page["next"]:
            page["next"] = request.build_absolute_uri(
                "?" + urlencode({"limit": query["limit"], "cursor": page["next"]})
            )
        return Response(page)

    @openapi.create_user
    def post(self, request: Request) -> Response:
        """Creates a user."""
        body = self.validate_body()
        check_sign_up(caller_of(request), body["email"])
        if availability := body.pop("availability", None):
            body |= {"week": availability["free"], "has_week": True}
        user = services.create_user(**body)
        headers = {"Location": f"/users/{quote(user.email, safe='@')}", "ETag": models.user_version(user)}
        return Response(represent_user(user), status=HTTPStatus.CREATED, headers=headers)


class UserView(ServiceView):
    """One user."""

    serializer_class = serializers.UserChangesSerializer
    scopes = {"GET": (SELF, READ_USERS, WRITE_USERS), "PATCH": (SELF, WRITE_USERS), "DELETE": (SELF, WRITE_USERS)}

    @openapi.read_user
    def get(self, request: Request, email: str) -> Response | HttpResponseNotModified:
        """A user, by email."""
        user = users.get(normal_email(email))
        return _respond_if_changed(request, Response(represent_user(user), headers={"ETag": models.user_version(user)}))

    @openapi.update_user
    def patch(self, request: Request, email: str) -> Response:
        """Changes name or time zone.

        The email never changes.
        """
        changes = self.validate_body()
        user = _change_user(request, email, changes, models.user_version)
        return Response(represent_user(user), headers={"ETag": models.user_version(user)})

    @openapi.delete_user
    def delete(self, request: Request, email: str) -> Response:
        """Removes a user, with their availability."""
        users.delete(normal_email(email), lambda user: check_preconditions(request, models.user_version(user)))
        return Response(status=HTTPStatus.NO_CONTENT)


class AvailabilityView(ServiceView):
    """When one user is free each week."""

    renderer_classes = [*ServiceView.renderer_classes, calendars.CalendarRenderer]
    parser_classes = [JSONParser, CalendarParser]  # no form has a field for a week
    serializer_class = NewAvailabilitySerializer
    scopes = {"GET": (SELF, FREEBUSY, FREEBUSY_ALL, WRITE_USERS), "PUT": (SELF, WRITE_USERS)}

    @openapi.read_availability
    def get(self, request: Request, email: str) -> Response | HttpResponseNotModified:
        """A user's week, as grid and as intervals.

        As a calendar it is a VAVAILABILITY (RFC 7953), beside one of higher priority for each run of dates that differ.
        """
        user = fetch_visible(caller_of(request), normal_email(email))
        return _respond_if_changed(request, _respond_with_availability(request, user))

    @openapi.replace_availability
    def put(self, request: Request, email: str) -> Response:
        """Replaces a user's week.

        A calendar holds a VAVAILABILITY, with AVAILABLE components that repeat each week. If it names a time zone, it
        replaces that, too: its times are those of that zone's clock. Another VAVAILABILITY, of a higher priority and
        with an end, tells of dates that differ from the week: of these it replaces what was stored, in the same step.
        Other dates that differ stay as they are.
        """
        changes, overrides = self._read_changes()

        def change(user: User) -> dict[str, Any]:
            check_preconditions(request, models.availability_version(user), models.calendar_version(user))
            after = {**user.overrides, **overrides}
            check_overrides(after)
            if calendars.is_wanted(request):
                writer.check_length(after)
            return changes | {"overrides": after}

        return _respond_with_availability(request, services.edit_user(normal_email(email), change))

    def _read_changes(self) -> tuple[dict[str, Any], dict[date, int]]:
        """The changes of a user, and the dates that are to differ from the week."""
        calendars.check_sent(self.request)
        if not isinstance(self.request.data, CalendarWeek):
            return {"week": self.validate_body()["free"]}, {}
        week, zone, overrides = self.request.data
        return {"week": week, "timezone": zone} if zone else {"week": week}, overrides


def _respond_with_availability(request: Request, user: User) -> Response:
    """A user's week in the representation that is wanted, with the version of that."""
    if calendars.is_wanted(request):
        response = calendars.response(writer.availability(user), user.email)
        response["ETag"] = models.calendar_version(user)
        return response
    availability = represent_availability(user.email, user.timezone, user.week)
    return Response(availability, headers={"ETag": models.availability_version(user)})


def _change_user(request: Request, email: str, changes: dict[str, Any], version: Callable[[User], str]) -> User:
    return services.change_user(normal_email(email), changes, lambda user: check_preconditions(request, version(user)))


class SharingView(ServiceView):
    """Who may ask when one user is free."""

    serializer_class = serializers.SharingSerializer
    scopes = {"GET": (SELF, WRITE_USERS), "PUT": (SELF, WRITE_USERS)}

    @openapi.read_sharing
    def get(self, request: Request, email: str) -> Response | HttpResponseNotModified:
        """With whom a user shares when they are free."""
        return _respond_if_changed(request, _respond_with_sharing(users.get(normal_email(email))))

    @openapi.replace_sharing
    def put(self, request: Request, email: str) -> Response:
        """Says with whom a user shares when they are free.

        To everybody else it is as if this user did not exist.
        """
        changes = {"sharing": serializers.sharing_of(self.validate_body())}
        return _respond_with_sharing(_change_user(request, email, changes, models.sharing_version))


def _respond_with_sharing(user: User) -> Response:
    return Response(sharing_rule(user).to_json(), headers={"ETag": models.sharing_version(user)})


class LookUpView(ServiceView):
    """When several users are free each week."""

    parameters = LookUpQuerySerializer
    scopes = {"GET": (FREEBUSY, FREEBUSY_ALL)}

    @openapi.look_up_availability
    def get(self, request: Request) -> Response:
        """The weeks of up to 50 users.

        Unknown emails are listed, and no error.
        """
        found = fetch_shared(caller_of(request), self.validate_query()["email"])
        return Response(represent_availabilities(*found))


class QueryView(ServiceView):
    """When very many users are free each week."""

    serializer_class = BatchQuerySerializer
    scopes = {"POST": (FREEBUSY, FREEBUSY_ALL)}

    @openapi.query_availability
    def post(self, request: Request) -> Response:
        """The weeks of up to 10,000 users.

        In one round trip to Redis, whatever their number. Unknown emails are listed, and no error. Changes nothing.
        """
        body = self.validate_body()
        availabilities, unknown = fetch_shared(caller_of(request), **body)
        return Response(represent_batch(availabilities, unknown, has_window=body["start"] < body["end"]))
