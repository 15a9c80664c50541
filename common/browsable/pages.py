"""What a browser gets of each answer: a page with the answer in it, and forms for what can be asked and changed."""

import inspect
import shlex
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template import loader
from django.utils.encoding import escape_uri_path
from rest_framework import renderers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.exceptions import CONTENT_TYPE, is_problem
from common.api.renderers import PAGE_MEDIA_TYPE
from common.browsable import form_data, pretty
from common.browsable.headers import protect
from common.browsable.page_forms import forms, request_serializer
from common.domain import timezones

if TYPE_CHECKING:
    # Views are made with the renderers of the settings, of which ours is one.
    from rest_framework.views import APIView

_SAVING = ("PUT", "PATCH")


class PageRenderer(renderers.BrowsableAPIRenderer):
    """REST framework's browsable API with pages of our own. A view may name the `page` that shows its answers."""

    media_type = PAGE_MEDIA_TYPE
    template = "common/page.html"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        """The page; nothing but a redirection after a form that no script sent."""
        assert renderer_context is not None
        view, request, response = (renderer_context[name] for name in ("view", "request", "response"))
        protect(response)
        if form_data.is_form(request) and _has_changed(request, response):
            return self._lead_on(request, response)
        if response.status_code == HTTPStatus.NO_CONTENT:
            response.status_code = HTTPStatus.OK  # else a browser would show nothing
        template = self.template if is_problem(data) else self.get_template(view)
        context = self.get_context(data or {}, accepted_media_type, renderer_context)
        return loader.render_to_string(template, context)

    def get_template(self, view: "APIView") -> str:
        """The page of an answer that is no problem."""
        return getattr(view, "page", self.template)

    def get_context(
        self, data: Mapping[str, Any], accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the templates are filled with."""
        view, request, response = (renderer_context[name] for name in ("view", "request", "response"))
        return {
            "service": settings.SERVICE_NAME,
            "view": view,
            "name": self.get_name(view),
            "about": _about(view, request),
            "breadcrumbs": self.get_breadcrumbs(request),
            "path": escape_uri_path(request.path),
            "address": _address(view, request),
            **_outcome(request, data),
            **_forms(view, request, response, data),
            **self._programs(view, request, response, data),
        }

    def _programs(
        self, view: "APIView", request: Request, response: Response, data: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What a program would ask, and get."""
        text, is_whole = pretty.markup(data, request.build_absolute_uri("/"))
        return {
            "curl": _curl(view, request),
            "formats": _formats(view, request),
            "status": f"{response.status_code} {HTTPStatus(response.status_code).phrase}",
            "headers": self._headers(view, response, data),
            "json": text,
            "is_whole": is_whole,
            "is_plain": self.get_template(view) == self.template and not is_problem(data),
        }

    def _lead_on(self, request: Request, response: Response) -> str:
        """To what was made or changed, or one up from what was deleted: loading that again repeats nothing."""
        gone = request.method == "DELETE"
        here = escape_uri_path(request.path)
        place = self.get_breadcrumbs(request)[-2][1] if gone else response.get("Location", here)
        response.status_code = HTTPStatus.SEE_OTHER
        response["Location"] = place if gone else f"{place}#saved"
        return ""

    def _headers(self, view: "APIView", response: Response, data: Mapping[str, Any]) -> dict[str, str]:
        """The headers that a program would get."""
        media_type = getattr(self.get_default_renderer(view), "media_type", "")
        shown = {name: response[name] for name in ("Location", "ETag", "Allow", "Retry-After") if name in response}
        return {"Content-Type": CONTENT_TYPE if is_problem(data) else media_type} | shown


def _outcome(request: Request, data: Mapping[str, Any]) -> dict[str, Any]:
    """What has become of the request."""
    failed = is_problem(data)
    return {
        "answer": data,
        "problem": data if failed else None,
        "saved": request.method in _SAVING and not failed,
        "deleted": request.method == "DELETE" and not failed,
    }


def _forms(view: "APIView", request: Request, response: Response, data: Mapping[str, Any]) -> dict[str, Any]:
    """The forms, and what they need: the version of what is shown, and the names of time zones."""
    made = forms(view, request, data)
    return {
        "forms": made,
        "version": response.get("ETag") or request.META.get("HTTP_IF_MATCH", ""),
        "zones": sorted(timezones.names()) if any(form.has_zones for form in made) else [],
    }


def _has_changed(request: Request, response: Response) -> bool:
    return not is_problem(response.data) and (request.method in form_data.METHODS or "Location" in response)


def _about(view: "APIView", request: Request) -> str:
    handler = getattr(view, str(request.method).lower(), None)
    return inspect.getdoc(handler) or inspect.getdoc(type(view)) or ""


def _address(view: "APIView", request: Request, **more: str) -> str:
    """The address that a script would have asked: without what was left empty in a form."""
    serializer = request_serializer(view, "GET")
    query = form_data.tidy(serializer, request.query_params) if serializer else request.query_params.copy()
    for name, value in more.items():
        query[name] = value
    path = escape_uri_path(request.path)
    return f"{path}?{query.urlencode(safe='/@:')}" if query else path


def _curl(view: "APIView", request: Request) -> str:
    method = [] if request.method == "GET" else ["-X", str(request.method)]
    return shlex.join(["curl", *method, request.build_absolute_uri(_address(view, request))])


def _formats(view: "APIView", request: Request) -> list[tuple[str, str]]:
    if request.method != "GET":
        return []
    return [(str(each.format), _address(view, request, format=str(each.format))) for each in view.renderer_classes]
