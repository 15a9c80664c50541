"""Paths of availability-service."""

from django.urls import path

from availability_service import views
from availability_service.pages.views import HeatmapPageView
from common.access.views import MeView
from common.browsable.login import LoginRedirectView
from common.urls import handler400, handler500, service_urls

__all__ = ["handler400", "handler500", "urlpatterns"]

# Users whom the demo data of user-service holds.
_GROUP = "attendees=ann@example.org&attendees=bob@example.org"

urlpatterns = service_urls(
    path("availability/common", views.CommonView.as_view(), name="common"),
    path("availability/segments", views.SegmentsView.as_view(), name="segments"),
    path("availability/heatmap", views.HeatmapView.as_view(), name="heatmap"),
    path("heatmap", HeatmapPageView.as_view(), name="heatmap-page"),
    path("login", LoginRedirectView.as_view(), name="login"),
    path("me", MeView.as_view(), name="me"),
    links={"common": "/availability/common", "heatmap": "/availability/heatmap"},
    examples={
        "When two people can meet": f"/availability/common?{_GROUP}",
        "When one of two will do": f"/availability/common?{_GROUP}&min_attendees=1",
        "When they are free, as a picture": f"/availability/heatmap?{_GROUP}&timezone=Europe/Berlin",
    },
)
