"""How each call of availability-service is documented: parameters, shapes, examples, and the faults it may answer."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema

from availability_service import serializers
from availability_service.clients import UnknownAttendees
from availability_service.heatmap.renderers import HeatmapPageRenderer, SVGRenderer
from common.api.exceptions import BadGateway, GatewayTimeout, Unavailable
from common.api.openapi import bad_input, error_responses
from common.api.renderers import JSONRenderer
from common.domain.empty_reasons import NO_OVERLAP
from common.meetings.common_time import CommonTimeSerializer
from common.meetings.serializers import QuestionSerializer

_GROUP = ["ann@example.org", "raj@example.org"]
_QUESTION = {"attendees": _GROUP, "timezone": "Europe/Berlin", "start": "2030-01-07"}
_ASKED: dict[str, Any] = _QUESTION | {"start": "2030-01-07T00:00:00+01:00", "end": "2030-01-14T00:00:00+01:00"}
_ASKED |= {"calendars": None}
_MONDAY: dict[str, Any] = {
    "start": "2030-01-07T09:00:00+01:00",
    "end": "2030-01-07T10:45:00+01:00",
    "day": "monday",
    "minutes": 105,
}
_NOTHING = {"common": [], "empty_reason": NO_OVERLAP, "blockers_count": 1, "blockers": ["raj@example.org"]}
_NOTHING |= {"because": {"raj@example.org": "week"}}
_COMMON = OpenApiExample("Common time", _ASKED | {"common": [_MONDAY], "empty_reason": None}, response_only=True)
_NO_COMMON = OpenApiExample("No common time", _ASKED | _NOTHING, response_only=True)
_SEGMENTS = OpenApiExample(
    "Common time for programs",
    {"people": _GROUP, "segments": [[31565760, 31565865, "3"]], "empty_reason": None, "calendars": None},
    response_only=True,
)

_HOUR = {
    "start": "2030-01-07T09:00:00+01:00",
    "end": "2030-01-07T10:00:00+01:00",
    "minutes": 60,
    "quorum_minutes": 45,
    "available_count": 1,
    "partly_count": 1,
    "available": ["ann@example.org"],
    "partly": [{"email": "raj@example.org", "minutes": 45}],
    "missing": [],
}
_HEATMAP = OpenApiExample(
    "One hour of it",
    _ASKED
    | {
        "people_count": 2,
        "min_attendees": 2,
        "days": [{"date": "2030-01-07", "day": "monday", "hours": [_HOUR]}],
        "empty_reason": None,
    },
    response_only=True,
)
_ASK = OpenApiExample("Two people, one week", _QUESTION, request_only=True)


def _error_responses(path: str) -> dict[Any, Any]:
    return error_responses(
        path,
        bad_input("end", "The end must be later than start.", "invalid_window"),
        UnknownAttendees(unknown_attendees=["raj@example.org"]),
        BadGateway("user-service answered with status 500."),
        Unavailable("user-service cannot be reached."),
        GatewayTimeout("user-service did not answer within 4 s."),
    )


_RESPONSES: dict[Any, Any] = {200: serializers.CommonSerializer, **_error_responses("/availability/common")}
_HEATMAP_RESPONSES: dict[Any, Any] = {
    (200, JSONRenderer.media_type): serializers.HeatmapSerializer,
    (200, SVGRenderer.media_type): OpenApiTypes.STR,
    (200, HeatmapPageRenderer.media_type): OpenApiTypes.STR,
    **_error_responses("/availability/heatmap"),
}

common = extend_schema(
    operation_id="common",
    parameters=[serializers.QuestionInQuerySerializer],
    responses=_RESPONSES,
    examples=[_COMMON, _NO_COMMON],
)
query_common = extend_schema(
    operation_id="query_common",
    request=QuestionSerializer,
    responses=_RESPONSES,
    examples=[_ASK, _COMMON, _NO_COMMON],
)
query_segments = extend_schema(
    operation_id="query_segments",
    request=serializers.SegmentsQuestionSerializer,
    responses={200: CommonTimeSerializer, **_error_responses("/availability/segments")},
    examples=[_ASK, _SEGMENTS],
)
heatmap = extend_schema(
    operation_id="heatmap",
    parameters=[serializers.QuestionInQuerySerializer],
    responses=_HEATMAP_RESPONSES,
    examples=[_HEATMAP],
)
query_heatmap = extend_schema(
    operation_id="query_heatmap",
    request=QuestionSerializer,
    responses=_HEATMAP_RESPONSES,
    examples=[_ASK, _HEATMAP],
)
