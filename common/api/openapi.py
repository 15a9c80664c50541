"""What the OpenAPI documents of the services have in common."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.drainage import get_override
from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_array_type
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiResponse
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from common.api import exception_handler
from common.api.emails import MAX_EMAILS, EmailListField
from common.api.exceptions import CONTENT_TYPE
from common.api.fields import TEXT_PATTERN, TextField
from common.api.serializers import StrictSerializer

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. Some problems have further members, such as `unknown_attendees`.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, for people."},
        "instance": {"type": "string", "description": "The path that was asked."},
        "request_id": {"type": "string", "description": "Finds the request in the logs of all three services."},
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
_ANY_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_PAGE = {"text/html": {"schema": {"type": "string"}}}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
_BAD_INPUT = "Bad input. `errors` lists every fault that was found."
_REQUEST_ID = "5f2d8c1e9a7b4c60"


class Operation(AutoSchema):
    """Describes one method of a view: the first line of its docstring is the summary."""

    def get_summary(self) -> str | None:
        """The first line, without its full stop."""
        return super().get_description().partition("\n")[0].removesuffix(".")

    def get_description(self) -> str:  # type: ignore[override]
        """What follows the first line."""
        return super().get_description().partition("\n\n")[2]


class StrictSerializerExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says in the schema what a StrictSerializer refuses. drf-spectacular finds it by its base class."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """The schema of a serializer, closed, and with its constraints."""
        self.target_class = type(self.target)  # the base class would describe what it matches, not the match
        schema: dict[str, Any] = super().map_serializer(auto_schema, direction)
        schema |= {"additionalProperties": False} | self.target.constraints
        return schema


class TextFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Says which characters a text may hold."""

    target_class = TextField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """The schema of a text."""
        return {"type": "string", "pattern": TEXT_PATTERN, "maxLength": self.target.max_length}


class EmailListFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Says how many items are read. How many distinct ones may be among them, JSON Schema cannot say."""

    target_class = EmailListField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """The schema of a list of emails."""
        least = {} if self.target.allow_empty else {"minItems": 1}
        return {**build_array_type(get_override(self.target.child, "field")), "maxItems": MAX_EMAILS} | least


def error_responses(path: str, *faults: APIException) -> dict[tuple[int, str], OpenApiResponse]:
    """The answers to these faults, each with an example: what such a fault answers at the path."""
    return {(fault.status_code, CONTENT_TYPE): _answer(path, fault) for fault in faults}


def bad_input(field: str, message: str, code: str) -> ValidationError:
    """An example of bad input."""
    return ValidationError({field: [ErrorDetail(message, code=code)]})


def _answer(path: str, fault: APIException) -> OpenApiResponse:
    request = HttpRequest()
    request.path = path
    members = exception_handler.describe(request, fault) | {"request_id": _REQUEST_ID}
    description = _BAD_INPUT if isinstance(fault, ValidationError) else str(type(fault).__doc__)
    return OpenApiResponse(_ANY_PROBLEM, description, [OpenApiExample(members["title"], members)])


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A drf-spectacular hook: an answer that no operation names is a problem, and a body is not left out.

    What answers with a page tells its faults in one, too.
    """
    result["components"]["schemas"]["Problem"] = _PROBLEM
    operations = [each for methods in result["paths"].values() for each in methods.items()]
    for method, operation in operations:
        if "requestBody" in operation and method != "patch":  # without a body, nothing is changed
            operation["requestBody"]["required"] = True
        responses = operation["responses"]
        if CONTENT_TYPE in responses.get("503", {}).get("content", {}):
            responses["503"]["headers"] = _RETRY_AFTER
        responses["default"] = {"description": "Any other fault.", "content": {CONTENT_TYPE: {"schema": _ANY_PROBLEM}}}
        if _PAGE.keys() <= responses.get("200", {}).get("content", {}).keys():
            for response in responses.values():
                response["content"] |= _PAGE
    return result
