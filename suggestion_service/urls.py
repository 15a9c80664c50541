"""Paths of suggestion-service."""

from django.urls import path

from common.access.views import MeView
from common.browsable.login import LoginRedirectView
from common.urls import handler400, handler500, service_urls
from suggestion_service import views
from suggestion_service.pages.views import FindView

__all__ = ["handler400", "handler500", "urlpatterns"]

# Users whom the demo data of user-service holds.
_GROUP = "attendees=ann@example.org&attendees=bob@example.org"

urlpatterns = service_urls(
    path("find", FindView.as_view(), name="find"),
    path("suggestions", views.SuggestionsView.as_view(), name="suggestions"),
    path("login", LoginRedirectView.as_view(), name="login"),
    path("me", MeView.as_view(), name="me"),
    links={"suggestions": "/suggestions"},
    examples={
        "The first free hour of two people": f"/suggestions?{_GROUP}",
        "The five best, if one of them will do": f"/suggestions?{_GROUP}&min_attendees=1&prefer=best&limit=5",
        "Half an hour at any time": f"/suggestions?{_GROUP}&duration=30&step=30&prefer=random",
    },
)
