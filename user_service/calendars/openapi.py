"""How the calls about calendars are documented."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from common.api import calendars as ical
from common.api.openapi import bad_input, error_responses
from common.api.renderers import JSONRenderer
from user_service.calendars import serializers
from user_service.calendars.fetching.secrets import NoCalendarKeys
from user_service.openapi import DOWN, EMAIL, STALE, SURPLUS, UNKNOWN
from user_service.store.calendars import TooManyCalendars, UnknownCalendar

_CALENDARS = "/users/ann@example.org/calendars"
_PATH = f"{_CALENDARS}/team"
_NAME = OpenApiParameter(
    "name",
    {"type": "string", "pattern": f"^{serializers.NAME.pattern}$"},
    OpenApiParameter.PATH,
    description="Chosen by whose calendar it is.",
)
_UNLESS_THERE = OpenApiParameter(
    "If-None-Match",
    location=OpenApiParameter.HEADER,
    description="With `*`: 412 if there is a calendar of this name.",
)
_NO_KIND = bad_input("kind", "One of busy, feed, caldav.", "invalid_choice")
_NO_CALENDAR = UnknownCalendar.of("work")
_BAD_WINDOW = bad_input("end", "The end must be later than the start.", "invalid_window")
_MEETING = {"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}
_WORK: dict[str, Any] = {
    "name": "work",
    "kind": "feed",
    "host": "calendar.example.org",
    "tentative": "busy",
    "state": "ok",
    "reason": "",
    "unread_events": 0,
    "busy_count": 1,
    "as_of": "2026-11-30T09:30:00Z",
    "next_read": "2026-11-30T09:46:00Z",
    "covers": {"start": "2026-11-29T00:00:00Z", "end": "2028-01-05T00:00:00Z"},
}
_EXAMPLE = OpenApiExample("A feed", _WORK, response_only=True)
_BUSY: dict[Any, Any] = {
    (200, JSONRenderer.media_type): serializers.BusySerializer,
    (200, ical.MEDIA_TYPE): OpenApiTypes.STR,
}

list_calendars = extend_schema(
    operation_id="list_calendars",
    parameters=[EMAIL],
    responses={200: serializers.CalendarsSerializer, **error_responses(_CALENDARS, SURPLUS, UNKNOWN, DOWN)},
    examples=[OpenApiExample("One", {"calendars": [_WORK]}, response_only=True)],
)
read_calendar = extend_schema(
    operation_id="read_calendar",
    parameters=[EMAIL, _NAME],
    responses={200: serializers.CalendarSerializer, **error_responses(_PATH, SURPLUS, _NO_CALENDAR, DOWN)},
    examples=[_EXAMPLE],
)
replace_calendar = extend_schema(
    operation_id="replace_calendar",
    parameters=[EMAIL, _NAME, _UNLESS_THERE],
    request={JSONRenderer.media_type: serializers.NewCalendarSerializer, ical.MEDIA_TYPE: OpenApiTypes.STR},
    responses={
        200: serializers.CalendarSerializer,
        HTTPStatus.CREATED: serializers.CalendarSerializer,
        HTTPStatus.ACCEPTED: serializers.CalendarSerializer,
        **error_responses(_PATH, _NO_KIND, UNKNOWN, TooManyCalendars(), STALE, NoCalendarKeys()),
    },
    examples=[
        OpenApiExample("Pushed", {"kind": "busy", "intervals": [_MEETING]}, request_only=True),
        OpenApiExample("A feed", {"kind": "feed", "url": "https://calendar.example.org/a.ics"}, request_only=True),
        _EXAMPLE,
    ],
)
delete_calendar = extend_schema(
    operation_id="delete_calendar",
    parameters=[EMAIL, _NAME],
    responses={
        HTTPStatus.NO_CONTENT: OpenApiResponse(description="The calendar and its busy time are gone."),
        **error_responses(_PATH, SURPLUS, _NO_CALENDAR, DOWN),
    },
)
refresh_calendar = extend_schema(
    operation_id="refresh_calendar",
    parameters=[EMAIL, _NAME],
    request=None,
    responses={
        HTTPStatus.ACCEPTED: serializers.CalendarSerializer,
        **error_responses(f"{_PATH}/refresh", SURPLUS, _NO_CALENDAR, DOWN),
    },
    examples=[_EXAMPLE],
)
read_busy = extend_schema(
    operation_id="read_busy",
    parameters=[EMAIL, serializers.WindowSerializer],
    responses={**_BUSY, **error_responses("/users/ann@example.org/busy", _BAD_WINDOW, UNKNOWN, DOWN)},
    examples=[OpenApiExample("One meeting", {"busy": [_MEETING], "calendars": [_WORK]}, response_only=True)],
)
