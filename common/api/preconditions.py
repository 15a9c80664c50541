"""Conditional requests (RFC 9110, section 13), by strong entity tags."""

from django.utils.http import parse_etags
from rest_framework.request import Request

from common.api.exceptions import PreconditionFailed


def check_preconditions(request: Request, *tags: str) -> None:
    """Raises PreconditionFailed where a change of what exists, in the version of these tags, is not wanted.

    If-Match has to be absent, `*`, or to name a tag: one that is no tag matches none. If-None-Match must neither be `*`
    nor name one.
    """
    header = request.META.get("HTTP_IF_MATCH")
    if header is not None and not {*tags, "*"} & set(parse_etags(header)):
        raise PreconditionFailed
    if any(knows_version(request, tag) for tag in tags):
        raise PreconditionFailed("If-None-Match allows no change of this version, and it is the current one.")


def knows_version(request: Request, tag: str) -> bool:
    """Whether If-None-Match is `*` or names the tag. Weak tags compare, too."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    return header is not None and bool({tag, "*"} & {known.removeprefix("W/") for known in parse_etags(header)})
