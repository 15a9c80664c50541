"""How the OpenAPI documents tell that calls need a token."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object

from common.access import bearer
from common.access.authentication import BearerAuthentication


class BearerExtension(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A security scheme for all ways to authenticate. drf-spectacular finds it by their base class."""

    target_class = BearerAuthentication
    match_subclasses = True
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The scheme."""
        scheme: dict[str, Any] = build_bearer_security_scheme_object(bearer.HEADER, bearer.SCHEME)
        return scheme
