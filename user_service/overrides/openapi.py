"""How the calls about dates that differ from the week are documented."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound

from common.api.openapi import bad_input, error_responses
from common.domain.window import DATE_PATTERN
from user_service.openapi import DOWN, EMAIL, ETAG, IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, STALE, UNKNOWN, UNLESS_MATCH
from user_service.overrides import serializers

_PATH = "/users/ann@example.org/overrides"
_DATE = OpenApiParameter(
    "date",
    {"type": "string", "pattern": DATE_PATTERN},
    OpenApiParameter.PATH,
    description="By the user's own clock.",
)
_NO_DATE = bad_input("date", "Write a date that exists, such as 2026-12-24, between 1970 and 2100.", "invalid_date")
_BAD_RANGE = bad_input("to", "The last date must not be before the first.", "invalid_range")
_NO_OVERRIDE = NotFound("On 2026-12-24 the week holds already.")
_GONE = OpenApiResponse(description="The week holds there again.")
_MORNING: dict[str, Any] = {"intervals": [{"start": "09:00", "end": "12:00"}]}
_HOURS = [int(9 <= hour < 12) for hour in range(24)]
_ANSWER = OpenApiExample(
    "Christmas Eve",
    {
        "email": "ann@example.org",
        "timezone": "Europe/Berlin",
        "overrides": [{"date": "2026-12-24", "row": _HOURS, **_MORNING}],
    },
    response_only=True,
)
_FAULTS = (UNKNOWN, STALE, DOWN)

list_overrides = extend_schema(
    operation_id="list_overrides",
    parameters=[EMAIL, serializers.OptionalRangeSerializer, ETAG, IF_NONE_MATCH],
    responses={
        200: serializers.OverridesSerializer,
        304: NOT_MODIFIED,
        **error_responses(_PATH, _BAD_RANGE, UNKNOWN, DOWN),
    },
    examples=[_ANSWER],
)
replace_overrides = extend_schema(
    operation_id="replace_overrides",
    parameters=[EMAIL, ETAG, IF_MATCH, UNLESS_MATCH],
    request=serializers.NewOverridesSerializer,
    responses={200: serializers.OverridesSerializer, **error_responses(_PATH, _BAD_RANGE, *_FAULTS)},
    examples=[
        OpenApiExample("Away", {"from": "2026-08-01", "to": "2026-08-21", "intervals": []}, request_only=True),
        _ANSWER,
    ],
)
delete_overrides = extend_schema(
    operation_id="delete_overrides",
    parameters=[EMAIL, serializers.RangeSerializer, IF_MATCH, UNLESS_MATCH],
    responses={HTTPStatus.NO_CONTENT: _GONE, **error_responses(_PATH, _BAD_RANGE, *_FAULTS)},
)
replace_override = extend_schema(
    operation_id="replace_override",
    parameters=[EMAIL, _DATE, ETAG, IF_MATCH, UNLESS_MATCH],
    request=serializers.NewOverrideSerializer,
    responses={
        200: serializers.OverridesSerializer,
        HTTPStatus.CREATED: serializers.OverridesSerializer,
        **error_responses(f"{_PATH}/2026-12-24", _NO_DATE, *_FAULTS),
    },
    examples=[OpenApiExample("Mornings only", _MORNING, request_only=True), _ANSWER],
)
delete_override = extend_schema(
    operation_id="delete_override",
    parameters=[EMAIL, _DATE, IF_MATCH, UNLESS_MATCH],
    responses={
        HTTPStatus.NO_CONTENT: _GONE,
        **error_responses(f"{_PATH}/2026-12-24", _NO_DATE, _NO_OVERRIDE, STALE, DOWN),
    },
)
