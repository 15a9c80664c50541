"""The login of people at the OpenID provider, in a browser: code flow with PKCE (RFC 6749, section 4.1; RFC 7636)."""

import logging
from http import HTTPStatus
from typing import Any

import requests
from authlib.integrations.django_client import DjangoOAuth2App, OAuth, OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import decorator_from_middleware
from joserfc.errors import JoseError

from common.api.exceptions import BadGateway, Problem, Unavailable
from common.observability import metrics
from user_service.openid import provider_tokens
from user_service.openid.outbound import bound
from user_service.store import logins

CALLBACK_PATH = "/login/callback"
REQUEST_SECONDS = 2.0
# Of one browser. Each has its place in the session, which anybody can have filled without end.
MAX_LOGINS = 5

_NEEDED = ("authorization_endpoint", "token_endpoint")
_METADATA = ("issuer", "jwks", "jwks_uri", "userinfo_endpoint", *_NEEDED)

logger = logging.getLogger(__name__)

# For the two views that begin and complete a login: no other request has a session.
with_login_state = decorator_from_middleware(SessionMiddleware)


class LoginFailed(Problem):
    """What the browser brings from the provider is of no login of its own, or the provider has not let it in."""

    status_code = HTTPStatus.BAD_REQUEST
    default_code = "login-failed"
    default_detail = "No such login is under way in this browser. Begin again."


class BoundedSession(OAuth2Session):  # type: ignore[misc]  # Authlib has no types
    """What Authlib asks the provider by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bound(self, REQUEST_SECONDS)


class Client(DjangoOAuth2App):  # type: ignore[misc]  # Authlib has no types
    """We, as the provider knows us."""

    client_cls = BoundedSession


def begin(request: HttpRequest, next_path: str) -> HttpResponse:
    """Sends the browser to the provider. `next_path` is given back, as it is, when the login is complete.

    Raises Unavailable when the provider, or Redis, is down.
    """
    client = _make_client()
    callback = request.build_absolute_uri(CALLBACK_PATH)
    login = client.create_authorization_url(callback)
    logins.keep(login["state"], next_path, settings.LOGIN_SECONDS)
    for earlier in list(request.session.keys())[: -(MAX_LOGINS - 1)]:
        del request.session[earlier]
    client.save_authorize_data(request, redirect_uri=callback, **login)
    return HttpResponseRedirect(login["url"])


def complete(request: HttpRequest) -> tuple[provider_tokens.Claims, str]:
    """Who has come back from the provider by a GET, and the `next_path` of `begin`. A login is complete only once.

    Raises LoginFailed, Unavailable when the provider, or Redis, is down, and BadGateway when it answers nonsense.
    """
    client = _make_client()
    state = request.GET.get("state", "")
    # The session binds it to the browser; that it is taken from Redis has it used once, even by two at the same time.
    is_of_browser = client.framework.get_state_data(request.session, state) is not None
    next_path = logins.take(state) if is_of_browser else None
    # RFC 9207: it may have been another provider that has sent the browser here.
    if next_path is None or request.GET.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise LoginFailed
    with metrics.measure_downstream(provider_tokens.NAME):
        try:
            return _redeem(client, request), next_path
        except OAuthError as fault:
            logger.warning("The OpenID provider has refused a login: %.100r", fault.error)
            raise LoginFailed("The provider has not let you in. Begin again.") from None
        except (requests.RequestException, JoseError, ValueError, TypeError, KeyError, RecursionError) as fault:
            raise _translate(fault) from None


def _make_client() -> Any:
    """A client for one login, with what the provider says of itself now."""
    description = provider_tokens.provider_of(settings.OIDC_ISSUER).describe()
    if not all(name in description for name in _NEEDED):
        raise BadGateway("Nobody can log in at the OpenID provider: it does not say where.")
    return OAuth().register(
        "provider",
        client_cls=Client,
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET or None,
        # The access token is used at once or not at all, however soon it ends.
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "leeway": 0},
        # Authlib takes these from the provider.
        id_token_signing_alg_values_supported=provider_tokens.ALGORITHMS,
        **{name: description[name] for name in _METADATA if name in description},
    )


def _redeem(client: Any, request: HttpRequest) -> provider_tokens.Claims:
    """Whom the ID token that the provider gives for the code is of (OpenID Connect Core, section 3.1.3.7)."""
    expected = {"iss": settings.OIDC_ISSUER, "aud": settings.OIDC_CLIENT_ID}
    options = {name: {"essential": True, "values": [value]} for name, value in expected.items()}
    token = client.authorize_access_token(request, leeway=provider_tokens.LEEWAY_SECONDS, claims_options=options)
    claims = dict(token["userinfo"])
    if "email" not in claims and "userinfo_endpoint" in client.server_metadata:
        userinfo = client.userinfo(token=token)
        if userinfo.get("sub") != claims["sub"]:
            raise ValueError("the user info is of somebody else")
        claims |= userinfo
    return provider_tokens.make_claims(claims, token["id_token"])


def _translate(fault: Exception) -> Problem:
    is_down = isinstance(fault, requests.ConnectionError | requests.Timeout)
    if isinstance(fault, requests.HTTPError):
        is_down = fault.response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    if is_down:
        return Unavailable("The OpenID provider does not answer, so that nobody can log in there.")
    logger.warning("The OpenID provider has answered nonsense at a login: %s", type(fault).__name__)
    return BadGateway("The OpenID provider does not answer as it should.")
