"""Which representation a client gets."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.settings import api_settings


class ContentNegotiation(DefaultContentNegotiation):
    """REST framework's, but that an empty `format` is an unknown one (contract, section 10), and not none."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        """A renderer and a media type. Raises Http404 and NotAcceptable."""
        if request.query_params.get(api_settings.URL_FORMAT_OVERRIDE) == "":
            raise Http404
        return super().select_renderer(request, renderers, format_suffix)
