"""How the calls about access are documented."""

from http import HTTPStatus
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied

from common.api.openapi import bad_input, error_responses
from user_service.access import serializers
from user_service.access.callers import DEFAULT_SCOPES
from user_service.openapi import DOWN, SURPLUS
from user_service.store.tokens import TooManyTokens, UnknownToken

_TOKENS = "/tokens"
_TOKEN_ID: Final = OpenApiParameter("token_id", location=OpenApiParameter.PATH, description="As `id` says it.")
_NOBODY = PermissionDenied("Tokens belong to a user, and this call comes from none.")
_NO_SCOPE = bad_input("scopes[0]", "One of self, freebusy:read.", "invalid_choice")
_NO_TOKEN = UnknownToken("There is no token 5f2d8c1e9a7b4c60 of ann@example.org.")
_SHOWN: dict[str, Any] = {
    "id": "5f2d8c1e9a7b4c60",
    "name": "My calendar's helper",
    "scopes": list(DEFAULT_SCOPES),
    "hint": "0aZ9",
    "is_session": False,
    "created_at": "2026-11-30T09:30:00Z",
    "expires_at": "2027-02-28T09:30:00Z",
    "used_at": None,
}
_URL = f"http://127.0.0.1:8001{_TOKENS}/{_SHOWN['id']}"
_ME = {"email": "ann@example.org", "name": "Ann", "is_stored": True, "scopes": list(DEFAULT_SCOPES)}

read_caller = extend_schema(
    operation_id="read_caller",
    responses={200: serializers.CallerSerializer, **error_responses("/me", SURPLUS, DOWN)},
    examples=[OpenApiExample("Ann", _ME, response_only=True)],
)
list_tokens = extend_schema(
    operation_id="list_tokens",
    responses={200: serializers.TokensSerializer, **error_responses(_TOKENS, SURPLUS, _NOBODY, DOWN)},
    examples=[OpenApiExample("One token", {"results": [_SHOWN | {"url": _URL}]}, response_only=True)],
)
create_token = extend_schema(
    operation_id="create_token",
    request=serializers.NewTokenSerializer,
    responses={
        HTTPStatus.CREATED: serializers.CreatedTokenSerializer,
        **error_responses(_TOKENS, _NO_SCOPE, _NOBODY, TooManyTokens(), DOWN),
    },
    examples=[
        OpenApiExample("For a month", {"name": "My calendar's helper", "days": 30}, request_only=True),
        OpenApiExample("A new token", _SHOWN | {"token": f"w2m_{'0aZ9' * 9}"}, response_only=True),
    ],
)
_TOKEN_ERRORS = error_responses(f"{_TOKENS}/{_SHOWN['id']}", SURPLUS, _NOBODY, _NO_TOKEN, DOWN)
read_token = extend_schema(
    operation_id="read_token",
    parameters=[_TOKEN_ID],
    responses={200: serializers.TokenSerializer, **_TOKEN_ERRORS},
    examples=[OpenApiExample("A token", _SHOWN, response_only=True)],
)
revoke_token = extend_schema(
    operation_id="revoke_token",
    parameters=[_TOKEN_ID],
    responses={HTTPStatus.NO_CONTENT: OpenApiResponse(description="The token is over."), **_TOKEN_ERRORS},
)
