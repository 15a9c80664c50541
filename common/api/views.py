"""The base of every view."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from common.api.renderers import wants_page
from common.api.serializers import StrictSerializer, validate


class CredentialsFirstView(APIView):
    """A view that tells of bad credentials before all else that is wrong (contract, section 13)."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Checks that hold for every method. REST framework would begin with the format of the answer."""
        try:
            self.perform_authentication(request)
            self.check_permissions(request)
        except APIException:
            # A browser is told in a page, whatever else is wrong.
            self.format_kwarg = self.get_format_suffix(**kwargs)
            renderer, media_type = self.perform_content_negotiation(request, force=True)
            request.accepted_renderer, request.accepted_media_type = renderer, media_type
            raise
        super().initial(request, *args, **kwargs)


class PublicView(APIView):
    """A view that needs no credentials."""

    authentication_classes = ()
    permission_classes = ()


class ServiceView(CredentialsFirstView):
    """A view that refuses parameters it does not know.

    `parameters` reads the query of a GET, `serializer_class` the body of another method. `scopes` says for each method
    which ones suffice, where the service decides about credentials itself.
    """

    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    parameters: ClassVar[type[StrictSerializer] | None] = None
    serializer_class: ClassVar[type[StrictSerializer] | None] = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Checks that hold for every method, before the method itself."""
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            return  # a 405 follows, whatever else is wrong
        if request.method not in ("GET", "HEAD") and wants_page(request):
            return  # the forms of the browsable API send to the address of their page, its query included
        if self.find_parameters() is None:
            validate(StrictSerializer, request.query_params)

    def find_parameters(self) -> type[StrictSerializer] | None:
        """What reads the query of this request: that of a GET."""
        return self.parameters if self.request.method in ("GET", "HEAD") else None

    def validate_query(self) -> dict[str, Any]:
        """The validated parameters. Raises ValidationError."""
        parameters = self.find_parameters()
        assert parameters is not None, "a view without parameters has no query to read"
        return validate(parameters, self.request.query_params)

    def validate_body(self) -> dict[str, Any]:
        """The validated body. Raises ValidationError, or what the parser raises."""
        assert self.serializer_class is not None, "a view without a serializer has no body to read"
        return validate(self.serializer_class, self.request.data)
