"""How each call of user-service is documented: parameters, shapes, examples, and the faults it may answer."""

from http import HTTPStatus
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)

from common.api import calendars
from common.api.exceptions import PreconditionFailed, Unavailable
from common.api.openapi import bad_input, error_responses
from common.api.renderers import JSONRenderer
from common.domain import week
from user_service import serializers
from user_service.ics.writer import TooManyIntervals
from user_service.overrides.services import TooManyOverrides
from user_service.representations import represent_availability
from user_service.store import users
from user_service.weeks.serializers import (
    AvailabilitiesSerializer,
    AvailabilityBatchSerializer,
    AvailabilitySerializer,
    BatchQuerySerializer,
    LookUpQuerySerializer,
    NewAvailabilitySerializer,
)

_HEADER: Final = OpenApiParameter.HEADER
EMAIL = OpenApiParameter("email", location=OpenApiParameter.PATH, description="The user's, in any case.")
ETAG = OpenApiParameter("ETag", location=_HEADER, response=[200, 201, 304], description="The version of the answer.")
_LOCATION = OpenApiParameter("Location", location=_HEADER, response=[201], description="The path of the user.")
# RFC 9110, sections 8.8.3 and 13.1.1.
_TAG = '(W/)?"[!#-~]*"'
_TAGS: Final = {"type": "string", "pattern": rf"^(\*|{_TAG}( *, *{_TAG})*)$"}
IF_MATCH = OpenApiParameter("If-Match", _TAGS, _HEADER, description="Go on only if this ETag is still right.")
IF_NONE_MATCH = OpenApiParameter("If-None-Match", location=_HEADER, description="304 if this ETag is still right.")
UNLESS_MATCH = OpenApiParameter("If-None-Match", location=_HEADER, description="412 if this ETag, or `*`, is right.")
NOT_MODIFIED = OpenApiResponse(description="Nothing has changed.")

_AVAILABILITY: dict[Any, Any] = {
    (200, JSONRenderer.media_type): AvailabilitySerializer,
    (200, calendars.MEDIA_TYPE): OpenApiTypes.STR,
}

_ANN = "ann@example.org"
_PATH = f"/users/{_ANN}"
_WEEK_PATH = f"{_PATH}/availability"
_SHARING_PATH = f"{_PATH}/sharing"
_BERLIN = {"email": _ANN, "name": "Ann", "timezone": "Europe/Berlin"}
_TIMES = {"created_at": "2026-11-23T09:30:00.125000Z", "updated_at": "2026-11-23T09:30:00.125000Z"}
_MONDAY = {"intervals": [{"day": "monday", "start": "09:00", "end": "12:00"}]}
_USER = OpenApiExample("A user", _BERLIN | _TIMES, response_only=True)
_NEW_USER = OpenApiExample("Free on Monday mornings", _BERLIN | {"availability": _MONDAY}, request_only=True)
_WEEK = OpenApiExample(
    "A week",
    represent_availability(_ANN, "Europe/Berlin", week.from_intervals([week.DayInterval(0, 4 * 9, 4 * 12)])),
    response_only=True,
)
_SHARING = OpenApiExample("With two colleagues", {"rule": "list", "people": ["bob@example.org", "cyd@example.org"]})
_NEW_WEEK = OpenApiExample("Monday mornings", _MONDAY, request_only=True)

DOWN = Unavailable("Redis cannot be reached.")
_TAKEN = users.EmailTaken(f"There is already a user with the email {_ANN}.")
UNKNOWN = users.UnknownUser.of(_ANN)
STALE = PreconditionFailed()
SURPLUS = bad_input("verbose", "Unknown name. Known here: none.", "unknown")
_NO_ZONE = bad_input("timezone", "'Berlin' is not an IANA time zone. Did you mean 'Europe/Berlin'?", "unknown_timezone")
_NO_NUMBER = bad_input("limit", "A valid integer is required.", "invalid")
_NO_EMAIL = bad_input("email[0]", "Enter a valid email address.", "invalid")
_NO_EMAILS = bad_input("emails[0]", "Enter a valid email address.", "invalid")
_NO_RULE = bad_input("rule", "One of everyone, list, nobody.", "invalid_choice")
_NIGHT = bad_input("intervals[0].end", "The end must be later than the start.", "invalid_interval")

list_users = extend_schema(
    operation_id="list_users",
    parameters=[serializers.PageQuerySerializer],
    responses={200: serializers.UserPageSerializer, **error_responses("/users", _NO_NUMBER, DOWN)},
)
create_user = extend_schema(
    operation_id="create_user",
    parameters=[ETAG, _LOCATION],
    request=serializers.NewUserSerializer,
    responses={HTTPStatus.CREATED: serializers.UserSerializer, **error_responses("/users", _NO_ZONE, _TAKEN, DOWN)},
    examples=[_NEW_USER, _USER],
)
read_user = extend_schema(
    operation_id="read_user",
    parameters=[EMAIL, ETAG, IF_NONE_MATCH],
    responses={
        200: serializers.UserSerializer,
        304: NOT_MODIFIED,
        **error_responses(_PATH, SURPLUS, UNKNOWN, DOWN),
    },
    examples=[_USER],
)
update_user = extend_schema(
    operation_id="update_user",
    parameters=[EMAIL, ETAG, IF_MATCH, UNLESS_MATCH],
    request=serializers.UserChangesSerializer,
    responses={200: serializers.UserSerializer, **error_responses(_PATH, _NO_ZONE, UNKNOWN, STALE, DOWN)},
    examples=[OpenApiExample("A move", {"timezone": "Asia/Kathmandu"}, request_only=True), _USER],
)
delete_user = extend_schema(
    operation_id="delete_user",
    parameters=[EMAIL, IF_MATCH, UNLESS_MATCH],
    responses={
        HTTPStatus.NO_CONTENT: OpenApiResponse(description="The user is gone."),
        **error_responses(_PATH, SURPLUS, UNKNOWN, STALE, DOWN),
    },
)
read_availability = extend_schema(
    operation_id="read_availability",
    parameters=[EMAIL, ETAG, IF_NONE_MATCH],
    responses={
        **_AVAILABILITY,
        304: NOT_MODIFIED,
        **error_responses(_WEEK_PATH, SURPLUS, UNKNOWN, TooManyIntervals(), DOWN),
    },
    examples=[_WEEK],
)
replace_availability = extend_schema(
    operation_id="replace_availability",
    parameters=[EMAIL, ETAG, IF_MATCH, UNLESS_MATCH],
    request={JSONRenderer.media_type: NewAvailabilitySerializer, calendars.MEDIA_TYPE: OpenApiTypes.STR},
    responses={
        **_AVAILABILITY,
        **error_responses(_WEEK_PATH, _NIGHT, UNKNOWN, TooManyIntervals(), TooManyOverrides(), STALE, DOWN),
    },
    examples=[_NEW_WEEK],
)
read_sharing = extend_schema(
    operation_id="read_sharing",
    parameters=[EMAIL, ETAG, IF_NONE_MATCH],
    responses={
        200: serializers.SharingSerializer,
        304: NOT_MODIFIED,
        **error_responses(_SHARING_PATH, SURPLUS, UNKNOWN, DOWN),
    },
    examples=[_SHARING],
)
replace_sharing = extend_schema(
    operation_id="replace_sharing",
    parameters=[EMAIL, ETAG, IF_MATCH, UNLESS_MATCH],
    request=serializers.SharingSerializer,
    responses={
        200: serializers.SharingSerializer,
        **error_responses(_SHARING_PATH, _NO_RULE, UNKNOWN, STALE, DOWN),
    },
    examples=[_SHARING],
)
look_up_availability = extend_schema(
    operation_id="look_up_availability",
    parameters=[LookUpQuerySerializer],
    responses={200: AvailabilitiesSerializer, **error_responses("/users/availability", _NO_EMAIL, DOWN)},
)
query_availability = extend_schema(
    operation_id="query_availability",
    request=BatchQuerySerializer,
    responses={
        200: AvailabilityBatchSerializer,
        **error_responses("/users/availability/query", _NO_EMAILS, DOWN),
    },
    examples=[
        OpenApiExample("Two people", {"emails": [_ANN, "bob@example.org"]}, request_only=True),
        OpenApiExample(
            "One of them is known",
            {"timezones": {"Europe/Berlin": {_ANN: f"{'007':0<42}"}}, "unknown": ["bob@example.org"]},
            response_only=True,
        ),
    ],
)
