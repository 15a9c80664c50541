"""The base of every view, and the views that each service has."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.negotiation import FORMAT_PARAMETER, wants_page
from common.api.openapi import Call, HealthSerializer, LiveSerializer, calls
from common.api.parsers import check_length
from common.api.renderers import PrometheusRenderer
from common.api.serializers import StrictSerializer, unknown, validate_body, validate_query
from common.browsable import form_data
from common.browsable.headers import protect
from common.health import checks
from common.observability import metrics


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
        check_length(request.META)
        if self.parameters is None or request.method not in ("GET", "HEAD"):
            surplus = [name for name in request.query_params if name != FORMAT_PARAMETER]
            if surplus:
                raise ValidationError({name: [unknown(name, {})] for name in surplus})

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
        return validate_query(self.parameters, query)

    def validate_body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The validated body."""
        data = self.request.data
        return validate_body(serializer, form_data.plain(serializer, data) if isinstance(data, QueryDict) else data)


def _let_go(response: Any) -> None:
    """Breaks the circles through a request and its answer: they, and all they hold, would wait for the collector."""
    response.renderer_context["request"].parser_context.clear()
    response.renderer_context.clear()


class RootView(ServiceView):
    """Where to go from here. `examples` are addresses to try, by what they answer."""

    page = "common/root.html"
    links: ClassVar[dict[str, str]] = {}
    examples: ClassVar[dict[str, str]] = {}

    @property
    def description(self) -> str:
        """What the service is for."""
        return str(spectacular_settings.DESCRIPTION)

    @property
    def calls(self) -> list[Call]:
        """All that can be asked of the service."""
        return calls()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """The service's name and links to what it offers."""
        links = {"docs": "/docs", "schema": "/schema", "health": "/health", **self.links}
        return Response(
            {"service": settings.SERVICE_NAME, **{name: request.build_absolute_uri(p) for name, p in links.items()}}
        )


class HealthView(ServiceView):
    """Health of this service and of everything below it."""

    @extend_schema(
        operation_id="health",
        responses={
            200: OpenApiResponse(HealthSerializer, description="All of it is healthy."),
            503: OpenApiResponse(HealthSerializer, description="Something below is not healthy."),
        },
    )
    def get(self, request: Request) -> Response:
        """Health of this service and of everything below it.

        Takes less than 3 s in any case.
        """
        report = checks.report()
        healthy = report["status"] == checks.HEALTHY
        return Response(report, status=HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE)


class LiveView(ServiceView):
    """Liveness of this process alone."""

    @extend_schema(operation_id="live", responses=LiveSerializer)
    def get(self, request: Request) -> Response:
        """Whether this process answers.

        Says nothing of what is below. What restarts containers asks this, never the cascade.
        """
        return Response({"service": settings.SERVICE_NAME, "status": checks.HEALTHY})


class MetricsView(ServiceView):
    """Numbers for Prometheus."""

    renderer_classes = [PrometheusRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """The numbers of all workers of this service."""
        return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


class NotFoundView(APIView):
    """Every path that nothing else answers."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Negotiates the representation, so that a browser gets a page, then says that there is nothing here."""
        super().initial(request, *args, **kwargs)
        raise NotFound("There is nothing at this path. The root page lists what there is.")


_not_found = NotFoundView.as_view()


def not_found(request: HttpRequest) -> HttpResponseBase:
    """The view of NotFoundView. Hidden in a function, lest breadcrumbs take it for the parent of other pages."""
    return _not_found(request)


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, with its script in a file of its own."""

    template_name = "common/docs.html"
    url_name = "schema"

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer, protected as any page."""
        protect(response)
        return super().finalize_response(request, response, *args, **kwargs)
