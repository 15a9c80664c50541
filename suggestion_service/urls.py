"""Paths of suggestion-service."""

from django.urls import path

from common.urls import handler400, handler500, service_urls
from suggestion_service import views

__all__ = ["handler400", "handler500", "urlpatterns"]

urlpatterns = service_urls(
    path("suggestions", views.SuggestionsView.as_view(), name="suggestions"),
    links={"suggestions": "/suggestions"},
)
