"""iCalendar (RFC 5545): what is common to the calendars that we write, and how they are answered."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.utils.http import content_disposition_header
from icalendar import Calendar, Component, Timezone, TimezoneDaylight, TimezoneStandard, vDDDTypes
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.renderers import WrittenRenderer
from common.domain import timezones
from common.domain.utc_offsets import offsets
from common.domain.window import EPOCH, MINUTE

MEDIA_TYPE = "text/calendar"
FORMAT = "ics"
PRODUCT = "-//W2Meet//EN"

# What may stand in an email and, by RFC 6068, unencoded in a mailto address.
_MAILTO_SAFE = "!$'*+@"


class CalendarRenderer(WrittenRenderer):
    """A calendar."""

    media_type = MEDIA_TYPE
    format = FORMAT
    charset = "utf-8"


def is_wanted(request: Request) -> bool:
    """Whether a calendar was negotiated."""
    return bool(request.accepted_renderer.format == FORMAT)


def check_sent(request: Request) -> None:
    """Raises ParseError for a body that is to be a calendar, and is empty: REST framework asks no parser about that."""
    if request.stream is None and request.content_type.partition(";")[0].strip().lower() == MEDIA_TYPE:
        raise ParseError("This is not a calendar: it is empty.")


def response(calendar: Calendar, name: str) -> Response:
    """The calendar as a file of that name."""
    # An email may hold a slash, and the name of a file none.
    disposition = content_disposition_header(as_attachment=True, filename=f"{name.replace('/', '-')}.{FORMAT}")
    return Response(calendar.to_ical(), headers={"Content-Disposition": str(disposition)})


def uid(*words: str) -> str:
    """An identifier that is the same for the same words, and else unique in the world (RFC 7986, section 5.3)."""
    return str(uuid5(NAMESPACE_URL, "\n".join(words)))


def mailto(email: str) -> str:
    """A calendar address (RFC 6068)."""
    return f"mailto:{quote(email, safe=_MAILTO_SAFE)}"


def new(*components: Component) -> Calendar:
    """A calendar of ours."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    for component in components:
        calendar.add_component(component)
    return calendar


def moment(shown: datetime, zone: ZoneInfo) -> vDDDTypes:
    """What a clock in the zone shows, as the value of a property: in UTC or with its TZID."""
    if zone.key == timezones.DEFAULT:
        return vDDDTypes(shown.replace(tzinfo=UTC))
    value = vDDDTypes(shown.replace(tzinfo=None))
    value.params["TZID"] = zone.key
    return value


@lru_cache(maxsize=1 << 8)
def timezone(zone: ZoneInfo, start: int, end: int) -> Timezone:
    """The VTIMEZONE that is right from the minute `start` to the minute `end`.

    Written here, since the one that `icalendar` makes lets clocks go forward an hour late: an onset is told by what
    the clock would show without it (RFC 5545, section 3.6.5).
    """
    onsets: dict[_Observance, list[datetime]] = {}
    before = offsets(zone, start, end)[0].seconds
    for since, after in offsets(zone, start, end):
        shown = (EPOCH + since * MINUTE).astimezone(zone)
        observance = _Observance(bool(shown.dst()), str(shown.tzname()), before, after)
        onset = (EPOCH + since * MINUTE + timedelta(seconds=before)).replace(tzinfo=None)
        onsets.setdefault(observance, []).append(onset)
        before = after
    component = Timezone()
    component.add("TZID", zone.key)
    for observance, times in onsets.items():
        component.add_component(_part(observance, times))
    return component


class _Observance(NamedTuple):
    """Summer time or not, its name, and seconds from UTC before and after it begins."""

    summer: bool
    name: str
    before: int
    after: int


def _part(observance: _Observance, onsets: list[datetime]) -> Component:
    part = TimezoneDaylight() if observance.summer else TimezoneStandard()
    part.TZOFFSETFROM = timedelta(seconds=observance.before)
    part.TZOFFSETTO = timedelta(seconds=observance.after)
    part.add("TZNAME", observance.name)
    part.DTSTART = onsets[0]
    if onsets[1:]:
        part.add("RDATE", onsets[1:])
    return part
