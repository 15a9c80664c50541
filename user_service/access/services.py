"""What is done with tokens, whether a call of the API, a page or a command wants it."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from user_service.access import own_tokens
from user_service.services import fetch_with_id
from user_service.store import tokens
from user_service.store.tokens import Token


class IssuedToken(NamedTuple):
    """A token that has just been made, and what is kept of it."""

    secret: str
    token: Token


def current_second() -> datetime:
    """Now, as exactly as it is kept of a token: so that what is said of a new one is what is said of it later."""
    return timezone.now().replace(microsecond=0)


def issue_token(email: str, *, name: str, scopes: Collection[str], days: int) -> IssuedToken:
    """Makes a token for a user. Raises UnknownUser and TooManyTokens."""
    user = fetch_with_id(email)
    now = current_second()
    return store_token(
        Token(
            id=secrets.token_hex(8),
            email=email,
            user_id=user.id,
            scopes=tuple(scopes),
            name=name,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )


def store_token(token: Token) -> IssuedToken:
    """Stores a token under a new secret. Raises TooManyTokens."""
    secret = own_tokens.make_token()
    token = replace(token, hint=secret[-own_tokens.HINT :])
    tokens.create(token, own_tokens.digest_token(secret))
    return IssuedToken(secret, token)
