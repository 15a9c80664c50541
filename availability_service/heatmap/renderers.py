"""The heat map for people: as a picture, and as a page around it."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from rest_framework import renderers
from rest_framework.views import APIView

from availability_service.heatmap.details import details
from availability_service.heatmap.picture import picture
from common.browsable.headers import protect
from common.browsable.pages import PageRenderer

_STYLE = (Path(__file__).parent.parent / "static/availability_service/heat.css").read_text(encoding="utf-8")
_OWN_STYLE = f"'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"


class SVGRenderer(renderers.BaseRenderer):
    """The heat map as a picture in a file of its own."""

    media_type = "image/svg+xml"
    format = "svg"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        """The picture."""
        assert renderer_context is not None
        protect(renderer_context["response"], styles=_OWN_STYLE)
        drawn = picture(data)
        context = {"picture": drawn, "answer": data, "style": _STYLE, "hours": [(box, "") for box in drawn.boxes]}
        return render_to_string("availability_service/heatmap.svg", context)


class HeatmapPageRenderer(PageRenderer):
    """The heat map as a page: what an hour has to tell is told when the pointer or the focus is on it."""

    format = "html"

    def get_template(self, view: APIView) -> str:
        """The page of an answer that is no problem."""
        return "availability_service/heatmap.html"

    def get_context(
        self, data: Mapping[str, Any], accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the template is filled with: of an answer, also its picture."""
        context = super().get_context(data, accepted_media_type, renderer_context)
        if context["problem"]:
            return context
        drawn = picture(data)
        distinct, ids = details(drawn)
        hours = [(box, ids[box.place]) for box in drawn.boxes]
        return context | {"picture": drawn, "hours": hours, "details": distinct}
