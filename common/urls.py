"""The paths that each service has, and what answers where no view does."""

from django.urls import URLPattern, path, re_path
from drf_spectacular.views import SpectacularAPIView

from common.api.exception_handler import server_error as handler500
from common.health.checks import LIVE
from common.health.views import HealthView, LiveView
from common.views import DocsView, MetricsView, RootView, not_found
from common.views import bad_request as handler400

__all__ = ["handler400", "handler500", "service_urls"]


def service_urls(*own: URLPattern, links: dict[str, str], examples: dict[str, str]) -> list[URLPattern]:
    """The URL patterns of a service: its own and the common ones. The root shows `links`, its page also `examples`."""
    return [
        *own,
        path("", RootView.as_view(links=links, examples=examples), name="root"),
        path("health", HealthView.as_view(), name="health"),
        path(LIVE, LiveView.as_view(), name="live"),
        path("metrics", MetricsView.as_view(), name="metrics"),
        path("schema", SpectacularAPIView.as_view(), name="schema"),
        path("docs", DocsView.as_view(), name="docs"),
        re_path(".*", not_found, name="not-found"),
    ]
