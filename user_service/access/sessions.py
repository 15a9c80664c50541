"""Sessions of browsers: opaque tokens in a cookie (contract, section 13)."""

import secrets
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common.access import bearer
from user_service.access import own_tokens
from user_service.access.callers import SCOPES, Caller
from user_service.access.services import IssuedToken, current_second, store_token
from user_service.store import tokens
from user_service.store.tokens import Token, UnknownToken

LIFETIME = timedelta(days=7)
NAME = "A browser"


def begin_session(caller: Caller, secret: str = "") -> IssuedToken:
    """A session of a caller who has an email, with as many scopes. Raises TooManyTokens.

    One that is begun with a token of ours, the secret, ends with that.
    """
    assert caller.email is not None, "a program has no browser"
    now = current_second()
    begun_with = caller.token
    return store_token(
        Token(
            id=secrets.token_hex(8),
            email=caller.email,
            user_id=begun_with.user_id if begun_with else "",
            scopes=tuple(scope for scope in SCOPES if caller.may(scope)),
            name=NAME,
            created_at=now,
            expires_at=min(now + LIFETIME, begun_with.expires_at) if begun_with else now + LIFETIME,
            parent=own_tokens.digest_token(secret) if begun_with else "",
            is_session=True,
            is_vouched_for=caller.is_vouched_for,
        )
    )


def keep_session(request: HttpRequest, response: HttpResponse, session: IssuedToken) -> None:
    """Has the browser keep a session. No script sees it, and no form of another site sends it."""
    response.set_cookie(
        bearer.COOKIE,
        session.secret,
        max_age=session.token.expires_at - session.token.created_at,
        domain=settings.SESSION_DOMAIN,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def end_session(caller: Caller, response: HttpResponse) -> None:
    """Ends the session of a browser, which is to forget it."""
    with suppress(UnknownToken):  # it may have ended just now
        tokens.revoke(caller.email or "", caller.token_id)
    response.delete_cookie(bearer.COOKIE, domain=settings.SESSION_DOMAIN, samesite="Lax")
