"""The base of every view."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.views import APIView

from common.api.serializers import StrictSerializer, validate


class ServiceView(APIView):
    """A view that refuses parameters it does not know. `parameters` names those of a GET."""

    parameters: ClassVar[type[StrictSerializer] | None] = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Checks that hold for every method, before the method itself."""
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            return  # a 405 follows, whatever else is wrong
        if self.parameters is None or request.method not in ("GET", "HEAD"):
            validate(StrictSerializer, request.query_params)

    def validate_query(self) -> dict[str, Any]:
        """The validated parameters of a GET. Raises ValidationError."""
        assert self.parameters is not None, "a view without parameters has no query to read"
        return validate(self.parameters, self.request.query_params)

    def validate_body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The validated body. Raises ValidationError, or what the parser raises."""
        return validate(serializer, self.request.data)
