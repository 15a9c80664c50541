"""Which representation a client gets."""

from collections.abc import Iterable
from typing import Any

from rest_framework import negotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

FORMAT_PARAMETER = "format"


class Negotiation(negotiation.DefaultContentNegotiation):
    """REST framework's negotiation, with a short way for the clients that take anything."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The renderer and its media type. Raises NotAcceptable, or NotFound for an unknown `format`."""
        if FORMAT_PARAMETER not in request.query_params and request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
            first: Any = next(iter(renderers))
            return first, first.media_type
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen
