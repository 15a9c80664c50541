"""The paths of a service that has only what each service has."""

from common.urls import handler400, handler500, service_urls

__all__ = ["handler400", "handler500", "urlpatterns"]

urlpatterns = service_urls(links={})
