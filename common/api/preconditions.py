"""Conditional requests (RFC 9110, section 13), by strong entity tags."""

from django.utils.http import parse_etags
from rest_framework.request import Request

from common.api.exceptions import PreconditionFailed


def check_if_match(request: Request, *tags: str) -> None:
    """Raises PreconditionFailed unless If-Match is absent, `*`, or names a tag. One that is no tag matches none."""
    header = request.META.get("HTTP_IF_MATCH")
    if header is not None and not {*tags, "*"} & set(parse_etags(header)):
        raise PreconditionFailed


def is_still(request: Request, tag: str) -> bool:
    """Whether If-None-Match names the tag, so that the client knows the answer already. Weak tags compare, too."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    return header is not None and bool({tag, "*"} & {known.removeprefix("W/") for known in parse_etags(header)})
