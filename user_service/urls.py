"""Paths of user-service. An email may hold a slash; none ends in what follows it below, where no `@` is."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from common.urls import handler400, handler500, service_urls
from user_service import views
from user_service.access.views import MeView, TokensView, TokenView
from user_service.calendars.views import BusyView, CalendarsView, CalendarView, RefreshView
from user_service.overrides.views import OverridesView, OverrideView
from user_service.pages.calendars.views import CalendarsView as CalendarsPageView
from user_service.pages.dates.views import DatesView
from user_service.pages.login import CallbackView, LoginView, LogoutView, ProviderLoginView
from user_service.pages.views import StartView, WeekView

__all__ = ["handler400", "handler500", "urlpatterns"]


class WordConverter(StringConverter):
    """What may follow an email that holds slashes: it has no `@`, which the last part of an email has."""

    regex = "[^/@]+"


register_converter(WordConverter, "word")

urlpatterns = service_urls(
    path("users", views.UsersView.as_view(), name="users"),
    path("users/availability", views.LookUpView.as_view(), name="look-up"),
    path("users/availability/query", views.QueryView.as_view(), name="query"),
    path("users/<path:email>/availability", views.AvailabilityView.as_view(), name="availability"),
    path("users/<path:email>/busy", BusyView.as_view(), name="busy"),
    path("users/<path:email>/calendars", CalendarsView.as_view(), name="calendars"),
    path("users/<path:email>/calendars/<word:name>", CalendarView.as_view(), name="calendar"),
    path("users/<path:email>/calendars/<word:name>/refresh", RefreshView.as_view(), name="refresh"),
    path("users/<path:email>/overrides", OverridesView.as_view(), name="overrides"),
    path("users/<path:email>/overrides/<word:date>", OverrideView.as_view(), name="override"),
    path("users/<path:email>/sharing", views.SharingView.as_view(), name="sharing"),
    path("users/<path:email>", views.UserView.as_view(), name="user"),
    path("login", LoginView.as_view(), name="login"),
    path("login/callback", CallbackView.as_view(), name="login-callback"),
    path("login/provider", ProviderLoginView.as_view(), name="login-provider"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("me", MeView.as_view(), name="me"),
    path("tokens", TokensView.as_view(), name="tokens"),
    path("tokens/<str:token_id>", TokenView.as_view(), name="token"),
    path("week", StartView.as_view(), name="start"),
    path("week/<path:email>/calendars", CalendarsPageView.as_view(), name="week-calendars"),
    path("week/<path:email>/dates", DatesView.as_view(), name="week-dates"),
    path("week/<path:email>", WeekView.as_view(), name="week"),
    links={"users": "/users"},
    examples={
        "The first five users": "/users?limit=5",
        "Ann's week": "/users/ann@example.org/availability",
        "The weeks of two users at once": "/users/availability?email=ann@example.org&email=bob@example.org",
    },
)
