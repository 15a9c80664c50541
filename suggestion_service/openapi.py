"""How each call of suggestion-service is documented: parameters, shapes, examples, and the faults it may answer."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema

from common.api import calendars
from common.api.exceptions import BadGateway, GatewayTimeout, Relayed, Unavailable
from common.api.openapi import bad_input, error_responses
from common.api.renderers import JSONRenderer
from common.domain.empty_reasons import TOO_SHORT
from suggestion_service import serializers

_GROUP = ["ann@example.org", "raj@example.org"]
_QUESTION = {"attendees": _GROUP, "timezone": "Europe/Berlin", "start": "2030-01-07", "duration": 60}
_ASKED: dict[str, Any] = _QUESTION | {"start": "2030-01-07T00:00:00+01:00", "end": "2030-01-14T00:00:00+01:00"}
_ASKED |= {"prefer": "first", "calendars": None}
_MONDAY = {
    "start": "2030-01-07T09:00:00+01:00",
    "end": "2030-01-07T10:00:00+01:00",
    "day": "monday",
    "available_count": 2,
    "available": _GROUP,
    "missing": [],
}
_SOONEST = OpenApiExample("The soonest", _ASKED | {"suggestions": [_MONDAY], "empty_reason": None}, response_only=True)
_LONG = {"duration": 120, "suggestions": [], "empty_reason": TOO_SHORT, "longest_minutes": 105}
_TOO_LONG = OpenApiExample("Nothing fits", _ASKED | _LONG, response_only=True)

_RESPONSES: dict[Any, Any] = {
    (200, JSONRenderer.media_type): serializers.SuggestionsSerializer,
    (200, calendars.MEDIA_TYPE): OpenApiTypes.STR,
    **error_responses(
        "/suggestions",
        bad_input("duration", "Ensure this value is greater than or equal to 1.", "min_value"),
        Relayed(
            404,
            {
                "type": "unknown-attendees",
                "detail": "1 of the attendees are unknown.",
                "unknown_attendees": ["raj@example.org"],
            },
            {},
        ),
        BadGateway("availability-service answered with status 500."),
        Unavailable("availability-service cannot be reached."),
        GatewayTimeout("availability-service did not answer within 8 s."),
    ),
}

suggest = extend_schema(
    operation_id="suggest",
    parameters=[serializers.SuggestionRequestInQuerySerializer],
    responses=_RESPONSES,
    examples=[_SOONEST, _TOO_LONG],
)
query_suggestions = extend_schema(
    operation_id="query_suggestions",
    request=serializers.SuggestionRequestSerializer,
    responses=_RESPONSES,
    examples=[OpenApiExample("An hour for two", _QUESTION, request_only=True), _SOONEST, _TOO_LONG],
)
