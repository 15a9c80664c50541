"""Paths of availability-service."""

from django.urls import path

from availability_service import views
from common.urls import handler400, handler500, service_urls

__all__ = ["handler400", "handler500", "urlpatterns"]

urlpatterns = service_urls(
    path("availability/common", views.CommonView.as_view(), name="common"),
    path("availability/heatmap", views.HeatmapView.as_view(), name="heatmap"),
    links={"common": "/availability/common", "heatmap": "/availability/heatmap"},
)
