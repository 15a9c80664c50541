"""What the OpenAPI documents of the services have in common."""

from typing import Any

from rest_framework import serializers

from common.problems import CONTENT_TYPE

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. Some problems have further members, such as `unknown_attendees`.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "For bad input: one for each fault found.",
            "items": {
                "type": "object",
                "required": ["field", "message", "code"],
                "properties": {name: {"type": "string"} for name in ("field", "message", "code")},
            },
        },
    },
}
_ANSWER = {
    "description": "A problem.",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def add_problem_answers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A drf-spectacular hook: any answer that an operation does not name is a problem."""
    result["components"]["schemas"]["Problem"] = _PROBLEM
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["responses"].setdefault("default", _ANSWER)
    return result


class LiveSerializer(serializers.Serializer[Any]):
    """That a process answers."""

    service = serializers.CharField()
    status = serializers.ChoiceField(["healthy", "unhealthy"])


class HealthSerializer(LiveSerializer):
    """The health of a service and of what it depends on, each by name."""

    dependencies = serializers.DictField(
        help_text="By name: status, response_time_ms, perhaps error, perhaps dependencies of the same shape."
    )
