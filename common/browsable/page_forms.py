"""The forms of a page, made from the serializers that read what they send: a parameter is written once, there."""

import inspect
import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from common.api.exceptions import is_problem
from common.api.renderers import JSONRenderer
from common.api.serializers import AnyField, StrictSerializer
from common.browsable.form_data import METHODS, plain, tidy
from common.browsable.forms import Form, Input
from common.browsable.kinds import JSON, Widget, kind

if TYPE_CHECKING:
    # Views are made with the renderers of the settings, of which ours is one.
    from rest_framework.views import APIView

Values = Mapping[str, Any]

# In the order in which a page shows them; the first is open.
_ORDER = ("GET", "PUT", "PATCH", "POST", "DELETE")
_MAX_LISTED = 1000


def forms(view: "APIView", request: Request, answer: Values) -> list[Form]:
    """The forms of a view's page, filled with what was sent or with what is there."""
    methods = [method for method in _ORDER if method in view.allowed_methods]
    if is_problem(answer) and answer["status"] == HTTPStatus.NOT_FOUND:
        methods = [method for method in methods if method not in METHODS]
    found: list[Form] = []
    for method in methods:
        values = _values(view, request, method, answer)
        sent = request.method == method
        faults = answer.get("errors", []) if sent else []
        for title, fields in _alternatives(view, method):
            found.append(Form(method, title, list(_inputs(fields, values, faults)), len(found), sent))
    return found


def _alternatives(view: "APIView", method: str) -> Iterator[tuple[str, dict[str, AnyField]]]:
    """Title and fields of each form for a method: one form for each of the fields that exclude each other."""
    title = (inspect.getdoc(getattr(view, method.lower())) or "").partition("\n")[0]
    serializer = request_serializer(view, method)
    if serializer is None:
        yield from [(title, {})] if method == "DELETE" else []
        return
    fields = serializer().fields
    for chosen in serializer.alternatives or [""]:
        others = set(serializer.alternatives) - {chosen}
        how = f" As {chosen}." if chosen else ""
        yield title + how, {name: field for name, field in fields.items() if name not in others}


def request_serializer(view: "APIView", method: str) -> type[StrictSerializer] | None:
    """What reads the parameters of a GET, or the body of another method, as documented for OpenAPI."""
    if method == "GET":
        return getattr(view, "parameters", None)
    documented = getattr(getattr(view, method.lower()), "kwargs", {}).get("schema")
    if documented is None or method == "DELETE":
        return None
    schema = documented()
    schema.view, schema.method = view, method
    found = schema.get_request_serializer()
    return found.get(JSONRenderer.media_type) if isinstance(found, dict) else found


def _values(view: "APIView", request: Request, method: str, answer: Values) -> Values:
    if method == "GET":
        serializer = request_serializer(view, method)
        return dict(tidy(serializer, request.query_params).lists()) if serializer else {}
    if request.method == method and (method not in METHODS or is_problem(answer)):
        return _sent(request_serializer(view, method), request)
    return answer if method in METHODS else {}


def _sent(serializer: type[StrictSerializer] | None, request: Request) -> Values:
    try:
        data = request.data
    except APIException:
        return {}
    if serializer and isinstance(data, QueryDict):
        return plain(serializer, data)
    return data if isinstance(data, Mapping) else {}


def _inputs(fields: Mapping[str, AnyField], values: Values, faults: list[dict[str, str]]) -> Iterator[Input]:
    for name, field in fields.items():
        own = [fault["message"] for fault in faults if fault["field"].partition(".")[0].partition("[")[0] == name]
        yield Input(name, field, _shown(field, values.get(name)), own)


def _shown(field: AnyField, value: Any) -> Any:
    if isinstance(field, Widget):
        return field.show(value)
    if isinstance(value, list) and kind(field) != JSON:
        return "\n".join(map(str, value)) if len(value) <= _MAX_LISTED else ""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value)
