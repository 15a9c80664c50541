"""JWT access tokens of an OpenID provider (RFC 9068), verified by the keys that the provider publishes."""

import base64
import functools
import hashlib
import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from django.conf import settings
from jwt import PyJWK, PyJWKClient, PyJWKSet
from rest_framework.exceptions import AuthenticationFailed, ValidationError

from common.api.emails import parse_email
from common.api.exceptions import Unavailable
from common.observability import metrics
from user_service.openid.outbound import fetch_object

NAME = "openid-provider"
# None that signs by a secret: whoever knows the public key could sign (RFC 8725, section 2.1).
ALGORITHMS = ["RS256", "ES256", "EdDSA"]
MAX_TOKEN_LENGTH = 4096
MAX_LIFETIME_SECONDS = 24 * 60 * 60
LEEWAY_SECONDS = 30

FETCH_SECONDS = 1.0
FRESH_SECONDS = 5 * 60
KEEP_SECONDS = 24 * 60 * 60
# No sooner is the provider asked again, whether it has answered or not: anybody can make up ids of keys.
PAUSE_SECONDS = 10

_TYPES = {"at+jwt", "application/at+jwt"}  # RFC 9068, section 4
_REQUIRED = ["exp", "iat", "sub", "iss", "aud"]
_MAX_SUBJECT_LENGTH = 255  # OpenID Connect Core, section 2
_TOKEN_ID = re.compile(r"[\w.:~+/=-]{1,64}", re.ASCII)
_ENDPOINTS = ("jwks_uri", "authorization_endpoint", "token_endpoint", "userinfo_endpoint")
_REFUSED = "This token is not valid."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider vouches for. Without an email it is of a program, or of somebody whose email is not verified.

    The email is in its normal spelling; `token_id` tells tokens apart in the audit log, and is of no use to anybody.
    """

    subject: str
    email: str | None
    scopes: frozenset[str]
    token_id: str


class Provider(PyJWKClient):
    """An OpenID provider: what it says of itself, and its keys.

    Both are at most FRESH_SECONDS old, or of the last KEEP_SECONDS while the provider does not answer. When there are
    none, all methods raise Unavailable.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.description: dict[str, Any] = {}
        self.keys: PyJWKSet | None = None
        self.fetched_at = self.asked_at = float("-inf")
        self.lock = threading.Lock()
        # OpenID Connect Discovery, section 4.1. The cache would lose its keys, by a clock that knows nothing of ours.
        super().__init__(f"{issuer.rstrip('/')}/.well-known/openid-configuration", cache_jwk_set=False)

    def get_signing_key(self, kid: str) -> PyJWK:
        """The key with this id. Whose key is kept does not wait for those who have the provider asked for another."""
        return self.match_kid(self.get_signing_keys(), kid) or super().get_signing_key(kid)

    def get_jwk_set(self, refresh: bool = False) -> PyJWKSet:
        """All keys; with `refresh` new ones, unless the provider was asked just now."""
        is_due = refresh or not _is_within(FRESH_SECONDS, self.fetched_at)
        # Where there are keys, one fetches new ones and the others go on with the old.
        if is_due and self.lock.acquire(blocking=refresh or self.keys is None):
            try:
                if not _is_within(PAUSE_SECONDS, self.asked_at):
                    self.asked_at = time.time()
                    self.fetch_data()
            except Unavailable as fault:
                logger.warning("%s", fault.detail)
            finally:
                self.lock.release()
        if self.keys is None or not _is_within(KEEP_SECONDS, self.fetched_at):
            raise Unavailable("The OpenID provider does not answer, so that no token of it can be verified.")
        return self.keys

    def fetch_data(self) -> None:
        """Asks the provider for its description and its keys."""
        with metrics.measure_downstream(NAME):
            try:
                description = fetch_object(self.uri, FETCH_SECONDS)
                _check_description(description, self.issuer)
                published = fetch_object(description["jwks_uri"], FETCH_SECONDS)
                keys = PyJWKSet.from_dict(published)
            # A key may have members of another type than they should be, or be for the algorithm "none".
            except (requests.RequestException, jwt.PyJWTError, TypeError, ValueError, NotImplementedError) as fault:
                raise Unavailable(f"The OpenID provider does not answer as it should: {fault}") from None
        # PyJWT leaves out what it does not know. Authlib would not: one key of a new kind would end all logins.
        known = {key.key_id for key in keys if key.algorithm_name in ALGORITHMS}
        usable = [key for key in published["keys"] if isinstance(key, dict) and key.get("kid") in known]
        self.description, self.keys, self.fetched_at = description | {"jwks": {"keys": usable}}, keys, time.time()

    def describe(self) -> dict[str, Any]:
        """The provider's metadata (OpenID Connect Discovery, section 3), and its key set as `jwks`."""
        self.get_jwk_set()
        return self.description


@functools.cache
def provider_of(issuer: str) -> Provider:
    """The provider with this identifier, the same each time."""
    return Provider(issuer)


def verify(token: str) -> Claims:
    """What an access token of the provider says. Raises AuthenticationFailed, or Unavailable when there are no keys."""
    try:
        payload = _decode(token)
        scope = payload.get("scope")
        return make_claims(payload, token, frozenset(scope.split()) if isinstance(scope, str) else frozenset())
    # A token of nonsense, in base64, UTF-8 or JSON, is one or the other.
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise AuthenticationFailed(_REFUSED) from None


def make_claims(payload: Mapping[str, Any], token: str, scopes: frozenset[str] = frozenset()) -> Claims:
    """What the payload of a token says, when the token has been verified. Raises ValueError if it is of nobody."""
    subject = payload["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT_LENGTH or not subject.isprintable():
        raise ValueError("no subject")
    return Claims(subject, _verified_email(payload), scopes, _token_id(payload, token))


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    """The email that the provider has verified, in its normal spelling (OpenID Connect Core, section 5.1)."""
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    try:
        return parse_email(email)
    except ValidationError:
        return None


def _token_id(claims: Mapping[str, Any], token: str) -> str:
    """The id that the provider has given a token, or a short one of ours."""
    given = claims.get("jti")
    if isinstance(given, str) and _TOKEN_ID.fullmatch(given):
        return given
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def _decode(token: str) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_LENGTH or not settings.OIDC_ISSUER:
        raise jwt.InvalidTokenError
    head, body, _ = token.split(".")
    header, _ = _parse(head), _parse(body)
    # Before the provider is asked for a key on behalf of what can never be good.
    is_ours = header.get("alg") in ALGORITHMS and str(header.get("typ")).lower() in _TYPES
    if not is_ours or not isinstance(header.get("kid"), str):
        raise jwt.InvalidTokenError
    payload: dict[str, Any] = jwt.decode(
        token,
        provider_of(settings.OIDC_ISSUER).get_signing_key(header["kid"]),
        ALGORITHMS,
        {"require": _REQUIRED, "enforce_minimum_key_length": True},
        audience=settings.OIDC_AUDIENCE,
        issuer=settings.OIDC_ISSUER,
        leeway=LEEWAY_SECONDS,
    )
    # PyJWT takes "1" for a number; what is NaN compares as false.
    begin, end = payload["iat"], payload["exp"]
    is_timed = isinstance(begin, int | float) and isinstance(end, int | float)
    if not is_timed or not 0 < end - begin <= MAX_LIFETIME_SECONDS:
        raise jwt.InvalidTokenError
    # It is good only together with a key of the caller's, for which nobody here asks (RFC 9449, section 7.2).
    if "cnf" in payload:
        raise jwt.InvalidTokenError
    return payload


def _parse(part: str) -> dict[str, Any]:
    """The JSON object in a part of a token. What is no base64 is left to PyJWT, which takes nothing else."""
    document = json.loads(base64.urlsafe_b64decode(f"{part}=="), object_pairs_hook=_refuse_repeated)
    if not isinstance(document, dict):
        raise jwt.DecodeError("not an object")
    return document


def _refuse_repeated(members: list[tuple[str, Any]]) -> dict[str, Any]:
    # Whoever else reads the token could read the other one (RFC 7519, section 4).
    document = dict(members)
    if len(document) < len(members):
        raise ValueError("a member stands there twice")
    return document


def _check_description(description: Mapping[str, Any], issuer: str) -> None:
    """Raises ValueError for the description of another (OpenID Connect Discovery, section 4.3), or a useless one."""
    if description.get("issuer") != issuer:
        raise ValueError("it says that it is another issuer.")
    for name in _ENDPOINTS:
        address = description.get(name, "" if name == "jwks_uri" else issuer)
        if not isinstance(address, str) or urlsplit(address).scheme not in {"https", urlsplit(issuer).scheme}:
            raise ValueError(f"its {name} is no address of the web, or not as safe as the issuer.")


def _is_within(seconds: float, since: float) -> bool:
    """Whether so much time has not passed. A clock that is set back has passed all of it."""
    return 0 <= time.time() - since < seconds
