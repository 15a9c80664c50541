"""Views of access: who calls, and the tokens of who calls."""

from http import HTTPStatus

from django.urls import reverse
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.views import ServiceView
from user_service.access import openapi, serializers, services
from user_service.access.callers import SELF, Caller, caller_of
from user_service.access.representations import represent_caller, represent_issued, represent_token
from user_service.store import tokens

NO_STORE = {"Cache-Control": "no-store"}


class MeView(ServiceView):
    """Who you are."""

    scopes = {"GET": ()}

    @openapi.read_caller
    def get(self, request: Request) -> Response:
        """Who calls, and what they may do."""
        return Response(represent_caller(caller_of(request)), headers=NO_STORE)


class TokensView(ServiceView):
    """Your tokens. A new one is shown once, in the answer: keep it where nobody else reads it."""

    serializer_class = serializers.NewTokenSerializer
    scopes = {"GET": (SELF,), "POST": (SELF,)}

    @openapi.list_tokens
    def get(self, request: Request) -> Response:
        """Your tokens, and the sessions of your browsers."""
        results = [
            represent_token(token) | {"url": request.build_absolute_uri(reverse("token", args=[token.id]))}
            for token in tokens.fetch_all(_email_of(caller_of(request)))
        ]
        return Response({"results": results}, headers=NO_STORE)

    @openapi.create_token
    def post(self, request: Request) -> Response:
        """Makes a token.

        It is shown once. It can do nothing that you cannot do.
        """
        body = self.validate_body()
        surplus = [scope for scope in body["scopes"] if not caller_of(request).may(scope)]
        if surplus:
            raise PermissionDenied(f"You cannot give what you have not: {', '.join(surplus)}.")
        issued = services.issue_token(_email_of(caller_of(request)), **body)
        return Response(represent_issued(issued), status=HTTPStatus.CREATED, headers=NO_STORE)


class TokenView(ServiceView):
    """One of your tokens."""

    scopes = {"GET": (SELF,), "DELETE": (SELF,)}

    @openapi.read_token
    def get(self, request: Request, token_id: str) -> Response:
        """A token, without what is secret of it."""
        email = _email_of(caller_of(request))
        for token in tokens.fetch_all(email):
            if token.id == token_id:
                return Response(represent_token(token), headers=NO_STORE)
        raise tokens.UnknownToken(f"There is no token {token_id} of {email}.")

    @openapi.revoke_token
    def delete(self, request: Request, token_id: str) -> Response:
        """Ends a token, or the session of a browser, at once."""
        tokens.revoke(_email_of(caller_of(request)), token_id)
        return Response(status=HTTPStatus.NO_CONTENT)


def _email_of(caller: Caller) -> str:
    """Whose tokens they are. Raises PermissionDenied for nobody's self, as everybody is while access is open."""
    if caller.email is None:
        raise PermissionDenied("Tokens belong to a user, and this call comes from none.")
    return caller.email
