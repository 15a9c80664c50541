"""The views that each service has."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from common.access import openapi  # noqa: F401  an extension of drf-spectacular: it is to know it
from common.api import exception_handler
from common.api.exceptions import UnreadableBodyError
from common.api.renderers import PAGE_MEDIA_TYPE, JSONRenderer, PrometheusRenderer
from common.api.views import CredentialsFirstView, PublicView, ServiceView
from common.browsable.people import answer_fault
from common.observability import metrics


class RootView(PublicView, ServiceView):
    """Where to go from here. `examples` are addresses to try, by what they answer."""

    links: ClassVar[dict[str, str]] = {}
    examples: ClassVar[dict[str, str]] = {}

    @property
    def description(self) -> str:
        """What the service is for."""
        return str(spectacular_settings.DESCRIPTION).partition("\n\n")[0]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """The service's name and links to what it offers."""
        links = {"docs": "/docs", "schema": "/schema", "health": "/health", **self.links}
        return Response(
            {"service": settings.SERVICE_NAME, **{name: request.build_absolute_uri(p) for name, p in links.items()}}
        )


class MetricsView(PublicView, ServiceView):
    """Numbers for Prometheus."""

    renderer_classes = [PrometheusRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """The numbers of all workers of this service."""
        return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


class NotFoundView(CredentialsFirstView):
    """Every path that nothing else answers."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Negotiates the representation, so that a browser gets a page, then says that there is nothing here."""
        super().initial(request, *args, **kwargs)
        raise NotFound("There is nothing at this path. The root page lists what there is.")


_not_found = NotFoundView.as_view()


@csrf_exempt  # as the view itself: there is nothing here to forge
def not_found(request: HttpRequest) -> HttpResponseBase:
    """The view of NotFoundView. Hidden in a function, lest breadcrumbs take it for the parent of other pages."""
    return _not_found(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400. A form that cannot be read, such as one with too large a file, is told on a page."""
    wanted = request.get_preferred_type([JSONRenderer.media_type, PAGE_MEDIA_TYPE])
    if isinstance(exception, UnreadableBodyError) and wanted == PAGE_MEDIA_TYPE:
        return answer_fault(request, exception.fault)
    return exception_handler.bad_request(request, exception)


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, with its script in a file of its own."""

    template_name = "common/docs.html"
    url_name = "schema"
