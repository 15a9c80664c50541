"""Writing of answers."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework import renderers

from common.problems import CONTENT_TYPE, TYPE_PREFIX


class JSONRenderer(renderers.JSONRenderer):
    """JSON by a quicker writer than the standard library's, but where a client asks for indentation."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The answer as UTF-8; nothing for no data."""
        if data is None or self.get_indent(accepted_media_type or "", renderer_context or {}):
            return super().render(data, accepted_media_type, renderer_context)
        return orjson.dumps(data, default=self.encoder_class().default)


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """REST framework's page, but that it shows the content type under which programs get a problem."""

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the template is filled with."""
        context = super().get_context(data, accepted_media_type, renderer_context)
        if isinstance(data, Mapping) and str(data.get("type")).startswith(TYPE_PREFIX):
            context["response_headers"]["Content-Type"] = CONTENT_TYPE
        return context


class PrometheusRenderer(renderers.BaseRenderer):
    """Numbers for Prometheus, in its text format."""

    media_type = "text/plain"
    format = "prometheus"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The text as it is."""
        return data
