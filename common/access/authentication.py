"""What every service's way to authenticate has in common."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from common.access import bearer


class BearerAuthentication(BaseAuthentication):
    """Bearer tokens (RFC 6750)."""

    def authenticate_header(self, request: Request) -> str:
        """The WWW-Authenticate header of a refusal: says whether there was anything to refuse."""
        error = ', error="invalid_token"' if "HTTP_AUTHORIZATION" in request.META else ""
        return f'{bearer.SCHEME} realm="w2meet"{error}'
