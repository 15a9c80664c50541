"""REST framework's browsable API, with a form for the parameters of a GET, and each call for curl."""

import shlex
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import QueryDict, RawPostDataException
from django.utils.encoding import escape_uri_path
from rest_framework import renderers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.settings import api_settings

from common.api.exceptions import CONTENT_TYPE, UnreadableBodyError, is_problem
from common.api.renderers import JSONRenderer
from common.api.serializers import StrictSerializer
from common.browsable.forms import tidy

MAX_CONTENT = 30_000  # characters
MAX_CRUMBED_PATH = 500  # characters: more than any path of ours that leads anywhere


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """Draws what a view reads, its `parameters` and its `serializer_class`, as forms that show what was sent."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        """The page. The query of a form with gaps leads to the tidy one; a visit without any is no fault."""
        assert renderer_context is not None
        request, response = renderer_context["request"], renderer_context["response"]
        parameters = getattr(renderer_context["view"], "parameters", None)
        if parameters is not None and request.method == "GET":
            query = tidy(request.query_params, parameters)
            if query != request.query_params:
                response.status_code, response["Location"] = HTTPStatus.FOUND, _address(request, query)
                return ""
            is_first_visit = not query.keys() - {api_settings.URL_FORMAT_OVERRIDE}
            if is_first_visit and response.status_code == HTTPStatus.BAD_REQUEST:
                data, response.status_code = None, HTTPStatus.OK
        return super().render(data, accepted_media_type, renderer_context)

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the templates are filled with."""
        view, request = renderer_context["view"], renderer_context["request"]
        context = super().get_context(data, accepted_media_type, renderer_context)
        if is_problem(data):
            context["response_headers"]["Content-Type"] = CONTENT_TYPE
        method = [] if request.method == "GET" else ["-X", str(request.method)]
        parameters = getattr(view, "parameters", None)
        return context | {
            "service": settings.SERVICE_NAME,
            "curl": shlex.join(["curl", *method, request.build_absolute_uri()]),
            "query_form": self._draw_form(parameters, request.query_params) if parameters else "",
        }

    def get_breadcrumbs(self, request: Request) -> list[tuple[str, str]]:
        """The pages above this one. REST framework looks each part of the path up, one inside of the other."""
        crumbs: list[tuple[str, str]] = []
        return crumbs if len(request.path) > MAX_CRUMBED_PATH else super().get_breadcrumbs(request)

    def get_content(
        self,
        renderer: renderers.BaseRenderer,
        data: Any,
        accepted_media_type: str | None,
        renderer_context: Mapping[str, Any],
    ) -> str:
        """The answer as programs get it. No browser could show a long one in time."""
        content = super().get_content(renderer, data, accepted_media_type, renderer_context)
        return content if len(content) <= MAX_CONTENT else f"{content[:MAX_CONTENT]} ... Programs get all of it."

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Request) -> Any:
        """The form for a method; after a fault with what was sent, and with the faults at their fields."""
        refused = _read_refused(view, request, method, data)
        if isinstance(refused, QueryDict):
            return self._draw_form(view.serializer_class, refused)
        return super().get_rendered_html_form(data, view, method, request)

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Request) -> Form | None:
        """The form for JSON: with what was refused, or what is there to be changed, or what is needed."""
        form = super().get_raw_data_form(data, view, method, request)
        if form is None or view.serializer_class is None:
            return form
        content = _read_refused(view, request, method, data)
        if content is None or isinstance(content, QueryDict):
            fields = view.serializer_class().fields
            content = {name: field.get_initial() for name, field in fields.items() if field.required}
            if method in ("PUT", "PATCH") and request.method in ("GET", method) and isinstance(data, Mapping):
                content |= {name: data[name] for name in fields if name in data}
            for name in view.serializer_class.alternatives[:-1]:
                content.pop(name, None)
        text: bytes = JSONRenderer().render(content)
        if len(text) <= MAX_CONTENT:  # where lists nest, indentation takes sixty times as much as what they hold
            text = JSONRenderer().render(content, renderer_context={"indent": 4})
        form.initial["_content"] = text.decode()
        return form

    def _draw_form(self, serializer_class: type[StrictSerializer], sent: QueryDict) -> Any:
        serializer = serializer_class(data=sent)
        if not sent or serializer.is_valid():
            # REST framework would fill in what holds by default, too, as if it had been sent.
            serializer = serializer_class()
            for name, field in serializer.fields.items():
                if name in sent:
                    field.initial = field.get_value(sent)
        return self.render_form_for_serializer(serializer)


def _read_refused(view: Any, request: Request, method: str, data: Any) -> Any:
    """What was sent by this method, if the answer is a problem and it could be read; else None."""
    if method == request.method and is_problem(data) and getattr(view, "serializer_class", None):
        # The last, where the view has met one of the others: a body is read once.
        with suppress(APIException, UnreadableBodyError, RawPostDataException):
            return request.data
    return None


def _address(request: Request, query: QueryDict) -> str:
    path = escape_uri_path(request.path)
    return f"{path}?{query.urlencode(safe='/@:')}" if query else path
