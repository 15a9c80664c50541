"""The JSON that is answered about access."""

from typing import Any

from user_service.access.callers import SCOPES, Caller
from user_service.access.serializers import TokenSerializer
from user_service.access.services import IssuedToken
from user_service.store import users
from user_service.store.tokens import Token


def represent_token(token: Token) -> dict[str, Any]:
    """What is shown of a token."""
    representation: dict[str, Any] = TokenSerializer().to_representation(token)
    return representation


def represent_issued(issued: IssuedToken) -> dict[str, Any]:
    """A new token, with the one sight of it."""
    return represent_token(issued.token) | {"token": issued.secret}


def represent_caller(caller: Caller) -> dict[str, Any]:
    """Who calls, and what they may do. Raises Unavailable."""
    try:
        name = users.get(caller.email).name if caller.email else None
    except users.UnknownUser:
        name = None
    return {
        "email": caller.email,
        "name": name,
        "is_stored": name is not None,
        "scopes": [scope for scope in SCOPES if scope in caller.scopes],
    }
