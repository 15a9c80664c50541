"""The base of every view."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.renderers import wants_page
from common.api.serializers import StrictSerializer, validate
from common.browsable import form_data


class ServiceView(APIView):
    """A view that refuses parameters it does not know. `parameters` names those of a GET, `page` a page of its own."""

    parameters: ClassVar[type[StrictSerializer] | None] = None
    page: ClassVar[str]

    head: ClassVar[Callable[..., Any]]
    methods: ClassVar[list[str]]
    parsers: ClassVar[list[BaseParser]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "get" in vars(cls):
            # Django would give one to each view, and with that a circle through itself.
            cls.head = vars(cls)["get"]
        cls.methods = [name.upper() for name in cls.http_method_names if hasattr(cls, name)]
        cls.parsers = [parser() for parser in cls.parser_classes]

    @property
    def allowed_methods(self) -> list[str]:
        """The methods of this view, looked up once a class rather than for each answer's headers."""
        return self.methods

    def get_parsers(self) -> list[BaseParser]:
        """The same parsers for all requests: they keep nothing of them."""
        return self.parsers

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Checks that hold for every method, before the method itself."""
        super().initial(request, *args, **kwargs)
        form_data.bind(request)
        if request.method not in self.allowed_methods:
            return  # a 405 follows, whatever else is wrong
        if self.parameters is None or request.method not in ("GET", "HEAD"):
            validate(StrictSerializer, request.query_params)

    def perform_authentication(self, request: Request) -> None:
        """Finds out who asks, where that can be told."""
        if self.authentication_classes:
            super().perform_authentication(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer, which lets go of all that it was made of once it is written."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(finished, Response):
            finished.add_post_render_callback(_let_go)
        return finished

    def validate_query(self) -> dict[str, Any]:
        """The validated parameters of a GET."""
        assert self.parameters is not None, "a view without parameters has no query to read"
        query: QueryDict = self.request.query_params
        if wants_page(self.request):
            query = form_data.tidy(self.parameters, query)
        return validate(self.parameters, query)

    def validate_body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The validated body."""
        data = self.request.data
        return validate(serializer, form_data.plain(serializer, data) if isinstance(data, QueryDict) else data)


def _let_go(response: Any) -> None:
    """Breaks the circles through a request and its answer: they, and all they hold, would wait for the collector."""
    response.renderer_context["request"].parser_context.clear()
    response.renderer_context.clear()
