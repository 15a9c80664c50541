"""Conditional requests (RFC 9110, section 13), by strong entity tags."""

from django.utils.http import parse_etags
from rest_framework.request import Request

from common.api.exceptions import PreconditionFailed


def check_preconditions(request: Request, *tags: str, exists: bool = True) -> None:
    """Raises PreconditionFailed where a change, in the version of these tags, is not wanted.

    If-Match has to be absent, or to name a tag: one that is no tag matches none. If-None-Match must name none. `*`
    names whatever exists: not what is new in something that has these tags.
    """
    current = {*tags, "*"} if exists else {*tags}
    header = request.META.get("HTTP_IF_MATCH")
    if header is not None and not current & set(parse_etags(header)):
        raise PreconditionFailed
    if current & _known_versions(request):
        raise PreconditionFailed("If-None-Match allows no change of this version, and it is the current one.")


def knows_version(request: Request, tag: str) -> bool:
    """Whether If-None-Match is `*` or names the tag."""
    return bool({tag, "*"} & _known_versions(request))


def _known_versions(request: Request) -> set[str]:
    """What If-None-Match names. Weak tags compare, too."""
    return {known.removeprefix("W/") for known in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))}
