"""The token of the request that is being answered: read from its head, and passed on to the service below."""

import re
from contextvars import ContextVar

from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from common.access.origin import is_from_own_page

HEADER = "Authorization"
SCHEME = "Bearer"
COOKIE = "w2meet_session"
MAX_LENGTH = 4096  # characters

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, section 2.1
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_UNREADABLE = f"Send one {HEADER} header: {SCHEME}, a space, and a token of at most {MAX_LENGTH} characters."
_FORGED = "A browser sends its session along with what any page asks: changes are taken from our own pages only."

_current: ContextVar[str | None] = ContextVar("bearer", default=None)


def current() -> str | None:
    """The token of the request that is being answered, if it carries one."""
    return _current.get()


def bind(token: str | None) -> None:
    """Makes this the token that is passed on."""
    _current.set(token)


def read(request: HttpRequest) -> str | None:
    """The token in the head of a request, or else in the session of a browser; None without either.

    Raises AuthenticationFailed for a head that holds no single token (RFC 6750, section 2.1), and PermissionDenied for
    a change under the session of a browser that no page of ours asked for.
    """
    header: str | None = request.META.get("HTTP_AUTHORIZATION")
    if header is not None:
        scheme, _, token = header.partition(" ")
        # Two such headers arrive as one, with a comma between them.
        if scheme.lower() != SCHEME.lower() or not is_token(token.strip()):
            raise AuthenticationFailed(_UNREADABLE)
        return token.strip()
    session: str | None = request.COOKIES.get(COOKIE)
    if not session or not is_token(session):
        return None
    if request.method not in _SAFE_METHODS and not is_from_own_page(request):
        raise PermissionDenied(_FORGED)
    return session


def is_token(text: str) -> bool:
    """Whether this can stand in the head of a request as a token."""
    return len(text) <= MAX_LENGTH and _TOKEN.fullmatch(text) is not None
