"""What a form of our pages sends when no script turns it into JSON: texts, blank ones too, and only by GET or POST."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any, cast

from django.http import QueryDict
from rest_framework import parsers
from rest_framework.request import Request

from common.api.parsers import MAX_BODY_BYTES, read_whole
from common.api.serializers import AnyField, StrictSerializer
from common.browsable.kinds import JSON, LIST, Widget, kind

# Hidden fields: what a form cannot say by itself.
METHOD, IF_MATCH = "_method", "_if_match"
METHODS = ("PUT", "PATCH", "DELETE")

_MEDIA_TYPE = "application/x-www-form-urlencoded"
# Emails are written one a line, or with spaces between them. The script of our pages does the same.
_BETWEEN = re.compile(r"[,;]?\s+")


class FormParser(parsers.BaseParser):
    """The fields of a form."""

    media_type = _MEDIA_TYPE

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> QueryDict:
        """The fields, as texts."""
        return QueryDict(read_whole(stream, "body", MAX_BODY_BYTES))


_PARSERS = [FormParser()]


def bind(request: Request) -> None:
    """Lets a form of one of our own pages stand for the request that a script would have sent.

    Forms of other sites, which a browser would send without asking, stay what they are: of a type that is not read.
    """
    if request.method != "POST" or not request.META.get("CONTENT_TYPE", "").startswith(_MEDIA_TYPE):
        return
    if request.META.get("HTTP_ORIGIN") not in {f"{scheme}://{request.get_host()}" for scheme in ("http", "https")}:
        return
    request.parsers = _PARSERS
    sent = cast("QueryDict", request.data)
    method, version = sent.get(METHOD), sent.get(IF_MATCH)
    if method in METHODS:
        request.method = method
    if version:
        request.META["HTTP_IF_MATCH"] = version


def is_form(request: Request) -> bool:
    """Whether the request is a form that was adopted."""
    return request.parsers is _PARSERS


def tidy(serializer: type[StrictSerializer], sent: QueryDict) -> QueryDict:
    """The fields that were filled in, lists taken apart."""
    fields = serializer().fields
    filled = QueryDict(mutable=True)
    for name, texts in sent.lists():
        given = [part for text in texts for part in _parts(fields.get(name), text) if part]
        if given:
            filled.setlist(name, given)
    return filled


def _parts(field: AnyField | None, text: str) -> list[str]:
    return _BETWEEN.split(text) if field and kind(field) == LIST else [text]


def plain(serializer: type[StrictSerializer], sent: QueryDict) -> dict[str, Any]:
    """A form as the JSON body that would say the same. What is no JSON stays text, for its field to refuse."""
    fields = serializer().fields
    filled = tidy(serializer, sent)
    values: dict[str, Any] = {name: filled[name] for name in filled if name in fields or name not in (METHOD, IF_MATCH)}
    for name, field in fields.items():
        if isinstance(field, Widget) and name in sent:
            values[name] = field.read(sent.getlist(name))
        elif name in filled:
            values[name] = _read(str(filled[name])) if kind(field) == JSON else field.get_value(filled)
    return values


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
