"""The heat map for people: as a picture, and as a page."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from rest_framework import renderers

from availability_service.heatmap import page
from availability_service.heatmap.picture import draw_picture
from common.browsable.headers import protect
from common.meetings.forms import QuestionForm
from common.meetings.pages import describe_fault, link

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
        context = {"picture": draw_picture(data), "answer": data, "style": _STYLE}
        return render_to_string("availability_service/heatmap.svg", context)


class HeatmapPageRenderer(renderers.TemplateHTMLRenderer):
    """The page for people, of what a program asked: also of a POST, whose question stands in no address."""

    template_name = page.TEMPLATE
    exception_template_names = (page.TEMPLATE,)

    def get_template_context(self, data: Any, renderer_context: Mapping[str, Any]) -> dict[str, Any]:
        """What the template shows of an answer, or of a problem."""
        query = renderer_context["request"].query_params
        if renderer_context["response"].exception:
            return describe_fault(QuestionForm.from_query(query), data)
        form = QuestionForm.from_query(query if "attendees" in query else page.to_query(data))
        return {"form": form, "question": link(form), **page.represent_page(data)}
