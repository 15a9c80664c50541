"""Views of user-service: parse, call, serialize."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.http import HttpResponseNotModified
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.fields import COMPACT, normal_email
from common.views import ServiceView
from user_service import answers, serializers, store, users
from user_service.conditional import check_if_match, is_still
from user_service.users import User

_HEADER: Final = OpenApiParameter.HEADER
_ETAG = OpenApiParameter("ETag", location=_HEADER, response=True, description="The version of what is answered.")
_IF_MATCH = OpenApiParameter("If-Match", location=_HEADER, description="Go on only if this ETag is still right.")
_IF_NONE_MATCH = OpenApiParameter("If-None-Match", location=_HEADER, description="304 if this ETag is still right.")
_READ = [_ETAG, _IF_NONE_MATCH]
_WRITE = [_ETAG, _IF_MATCH]
_NOT_MODIFIED = OpenApiResponse(description="Nothing has changed.")


def _tagged(request: Request, answer: dict[str, Any], tag: str) -> Response | HttpResponseNotModified:
    response = HttpResponseNotModified() if is_still(request, tag) else Response(answer)
    response["ETag"] = tag
    return response


def _user_path(email: str) -> str:
    return f"/users/{quote(email, safe='@')}"


class UsersView(ServiceView):
    """All users."""

    parameters = serializers.PageQuerySerializer

    @extend_schema(
        operation_id="list_users",
        parameters=[serializers.PageQuerySerializer],
        responses=serializers.UserPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of users, ordered by email."""
        query = self.query()
        found = store.page(query["cursor"], query["limit"] + 1)
        page = found[: query["limit"]]
        following = None
        if len(found) > len(page):
            cursor = serializers.cursor_after(page[-1].email)
            following = request.build_absolute_uri("?" + urlencode({"limit": query["limit"], "cursor": cursor}))
        return Response({"results": [answers.user(user) for user in page], "next": following})

    @extend_schema(
        operation_id="create_user",
        parameters=[
            _ETAG,
            OpenApiParameter("Location", location=_HEADER, response=[HTTPStatus.CREATED], description="The user."),
        ],
        request=serializers.UserInSerializer,
        responses={HTTPStatus.CREATED: serializers.UserSerializer},
    )
    def post(self, request: Request) -> Response:
        """Creates a user. 409 if the email is taken."""
        body = self.body(serializers.UserInSerializer)
        week = serializers.week_of(body.pop("availability", {}))
        now = users.microseconds(clock.now())
        user = User(**body, week=week, created_at=now, updated_at=now)
        store.create(user)
        headers = {"Location": _user_path(user.email), "ETag": users.user_version(user)}
        return Response(answers.user(user), status=HTTPStatus.CREATED, headers=headers)


class UserView(ServiceView):
    """One user."""

    @extend_schema(
        operation_id="read_user",
        parameters=_READ,
        responses={200: serializers.UserSerializer, 304: _NOT_MODIFIED},
    )
    def get(self, request: Request, email: str) -> Response | HttpResponseNotModified:
        """A user, by email."""
        user = store.get(normal_email(email))
        return _tagged(request, answers.user(user), users.user_version(user))

    @extend_schema(
        operation_id="update_user",
        parameters=_WRITE,
        request=serializers.UserPatchSerializer,
        responses=serializers.UserSerializer,
    )
    def patch(self, request: Request, email: str) -> Response:
        """Changes name or time zone. The email never changes."""
        changes = self.body(serializers.UserPatchSerializer)
        user = _change(request, email, users.user_version, changes)
        return Response(answers.user(user), headers={"ETag": users.user_version(user)})

    @extend_schema(operation_id="delete_user", parameters=[_IF_MATCH], responses={HTTPStatus.NO_CONTENT: None})
    def delete(self, request: Request, email: str) -> Response:
        """Removes a user, with their availability."""
        store.delete(normal_email(email), lambda user: check_if_match(request, users.user_version(user)))
        return Response(status=HTTPStatus.NO_CONTENT)


class AvailabilityView(ServiceView):
    """When one user is free each week."""

    @extend_schema(
        operation_id="read_availability",
        parameters=_READ,
        responses={200: serializers.AvailabilitySerializer, 304: _NOT_MODIFIED},
    )
    def get(self, request: Request, email: str) -> Response | HttpResponseNotModified:
        """A user's week, as grid and as intervals."""
        user = store.get(normal_email(email))
        answer = answers.availability(user.email, user.timezone, user.week)
        return _tagged(request, answer, users.availability_version(user))

    @extend_schema(
        operation_id="replace_availability",
        parameters=_WRITE,
        request=serializers.AvailabilityInSerializer,
        responses=serializers.AvailabilitySerializer,
    )
    def put(self, request: Request, email: str) -> Response:
        """Replaces a user's week."""
        week = serializers.week_of(self.body(serializers.AvailabilityInSerializer))
        user = _change(request, email, users.availability_version, {"week": week})
        answer = answers.availability(user.email, user.timezone, user.week)
        return Response(answer, headers={"ETag": users.availability_version(user)})


def _change(request: Request, email: str, version: Callable[[User], str], changes: dict[str, Any]) -> User:
    now = users.microseconds(clock.now())

    def edit(user: User) -> User:
        check_if_match(request, version(user))
        return replace(user, **changes, updated_at=now)

    return store.replace(normal_email(email), edit)


class LookUpView(ServiceView):
    """When several users are free each week."""

    parameters = serializers.LookUpQuerySerializer

    @extend_schema(
        operation_id="look_up_availability",
        parameters=[serializers.LookUpQuerySerializer],
        responses=serializers.AvailabilitiesSerializer,
    )
    def get(self, request: Request) -> Response:
        """The weeks of up to 50 users. Unknown emails are listed, and no error."""
        return Response(answers.availabilities(self.query()["email"]))


class QueryView(ServiceView):
    """When very many users are free each week."""

    @extend_schema(
        operation_id="query_availability",
        request=serializers.LookUpSerializer,
        responses=serializers.AvailabilitiesSerializer,
    )
    def post(self, request: Request) -> Response:
        """The weeks of up to 10,000 users, in one round trip to Redis. Unknown emails are listed, and no error."""
        body = self.body(serializers.LookUpSerializer)
        answer = answers.compact_availabilities if body["encoding"] == COMPACT else answers.availabilities
        return Response(answer(body["emails"]))
