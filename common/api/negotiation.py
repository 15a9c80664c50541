"""Which representation a client gets."""

from collections.abc import Iterable

from rest_framework import negotiation
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

FORMAT_PARAMETER = "format"
PAGE_MEDIA_TYPE = "text/html"


class Negotiation(negotiation.DefaultContentNegotiation):
    """REST framework's negotiation, with a short way for the clients that take anything, or name a format."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The renderer and its media type. Raises NotAcceptable, or NotFound for an unknown `format`."""
        if FORMAT_PARAMETER in request.query_params:
            return _chosen(_by_format(request.query_params[FORMAT_PARAMETER], renderers))
        if request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
            return _chosen(next(iter(renderers)))
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen


def _by_format(name: str, renderers: Iterable[BaseRenderer]) -> BaseRenderer:
    known = {str(renderer.format): renderer for renderer in renderers}
    if name not in known:
        raise NotFound(f"This is not answered in such a format. Known here: {', '.join(sorted(known))}.")
    return known[name]


def _chosen(renderer: BaseRenderer) -> tuple[BaseRenderer, str]:
    return renderer, str(renderer.media_type)


def wants_page(request: Request) -> bool:
    """Whether a browser asked, and gets a page."""
    return getattr(getattr(request, "accepted_renderer", None), "media_type", None) == PAGE_MEDIA_TYPE
