"""Who calls: the token of a request, looked up, and the call counted (contract, section 13)."""

import math

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.request import Request

from common.access import audit, bearer
from common.access.authentication import BearerAuthentication
from user_service.access import own_tokens
from user_service.access.callers import ADMINISTRATOR, DEFAULT_SCOPES, SCOPES, SELF, Caller
from user_service.openid import provider_tokens
from user_service.openid.provider_tokens import Claims
from user_service.store import tokens

_INVALID = "This token is not valid: it is misspelled, over, or revoked."


class TokenAuthentication(BearerAuthentication):
    """Bearer tokens (RFC 6750): our own, those of a provider, and the sessions of browsers."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        """The caller, and the token; None without one. Raises what `identify` and `bearer.read` raise."""
        token = bearer.read(request)
        return None if token is None else (identify(token), token)


def identify(token: str) -> Caller:
    """Whose token this is, ours or the provider's. The call is counted.

    Raises AuthenticationFailed for a bad one, Throttled for one call too many, and Unavailable.
    """
    if token.startswith(own_tokens.PREFIX):
        return _identify_own(token)
    return make_caller(provider_tokens.verify(token))


def make_caller(claims: Claims) -> Caller:
    """Whom the provider vouches for; the call is counted. Raises Throttled and Unavailable.

    A person whose token names no scope of ours may do what a new token of ours allows; a program, what its token says.
    """
    audit.name_token(claims.token_id)
    _check_turn(tokens.count_call(claims.email or f"program:{claims.subject}", settings.RATE_PER_MINUTE))
    named = claims.scopes & SCOPES.keys()
    return Caller(
        email=claims.email,
        scopes=(named or frozenset(DEFAULT_SCOPES)) if claims.email else named - {SELF},
        token_id=claims.token_id,
        is_vouched_for=claims.email is not None,
    )


def _identify_own(token: str) -> Caller:
    if not own_tokens.is_token(token):
        raise AuthenticationFailed(_INVALID)
    found = tokens.look_up(own_tokens.digest_token(token), settings.RATE_PER_MINUTE)
    if found is None:
        raise AuthenticationFailed(_INVALID)
    stored = found.token
    audit.name_token(stored.id)
    is_for_this_user = found.user is not None and found.user.id == stored.user_id
    if not (is_for_this_user or stored.is_vouched_for):
        raise AuthenticationFailed(_INVALID)
    _check_turn(found.wait)
    return Caller(
        email=stored.email,
        scopes=frozenset(stored.scopes),
        token_id=stored.id,
        token=stored,
        is_vouched_for=stored.is_vouched_for,
    )


def _check_turn(milliseconds: int) -> None:
    if milliseconds:
        raise Throttled(math.ceil(milliseconds / 1000))


def check_page(request: HttpRequest) -> None:
    """Sets the `user` of a request for a page. Raises NotAuthenticated, and what `identify` and `bearer.read` raise."""
    if settings.IS_OPEN:
        request.user = ADMINISTRATOR  # type: ignore[assignment]
        return
    token = bearer.read(request)
    if token is None:
        raise NotAuthenticated
    request.user = identify(token)  # type: ignore[assignment]
