"""What the forms of the browsable API send. Only our own pages may: a browser sends a form of any site unasked."""

from collections.abc import Mapping
from typing import IO, Any

from django.http import QueryDict
from rest_framework import parsers, serializers
from rest_framework.exceptions import UnsupportedMediaType

from common.access.origin import is_from_own_page
from common.api.emails import MAX_EMAILS
from common.api.serializers import StrictSerializer

FOREIGN = "A form is read only from a page of this service. Programs send JSON."
_CSRF_FIELD = "csrfmiddlewaretoken"  # REST framework's template has it in each form


class FormParser(parsers.MultiPartParser):
    """A form of our own pages, as the view's serializer reads it."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "parsers.DataAndFiles[Any, Any]":
        """The fields that were filled in. Raises UnsupportedMediaType for a form of anybody else."""
        assert parser_context is not None
        if not is_from_own_page(parser_context["request"]):
            raise UnsupportedMediaType(str(media_type), FOREIGN)
        form = super().parse(stream, media_type, parser_context)
        return parsers.DataAndFiles(tidy(form.data, parser_context["view"].serializer_class), form.files)


def tidy(sent: QueryDict, serializer: type[StrictSerializer]) -> QueryDict:
    """The fields that were filled in. The items of a list stand in one text, with space between them."""
    fields = serializer().fields
    filled = QueryDict(mutable=True)
    for name, texts in sent.lists():
        is_list = isinstance(fields.get(name), serializers.ListField)
        values = [value for text in texts for value in (text.split() if is_list else [text]) if value]
        if len(values) > MAX_EMAILS:  # no list may be so long, and to draw each item again takes a second for 100,000
            values[MAX_EMAILS:] = [" ".join(values[MAX_EMAILS:])]
        if values and name != _CSRF_FIELD:
            filled.setlist(name, values)
    return filled
