"""Calendars on a CalDAV server (RFC 4791), found from its address (RFC 6764)."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import orjson
from urllib3.util import parse_url

from common.domain.window import DAY, EPOCH, MINUTE
from user_service.calendars.faults import Failing, Refused
from user_service.calendars.fetching.addresses import Credentials, find_origin, read_address, resolve
from user_service.calendars.fetching.http import SECONDS, Answer, Fetcher, Rules
from user_service.calendars.fetching.multistatus import DAV, HREF, Properties, read_multistatus
from user_service.calendars.processes import run

MAX_CALENDARS = 50
# Answers of free and busy times hold no titles. But they take all days, and times without a zone, for those of UTC,
# know nothing of invitations that were declined, and some servers miss clock changes in them.
FREE_BUSY_FIRST = False

WELL_KNOWN = "/.well-known/caldav"

# Of an address where there are no calendars, others may be tried.
_IN_VAIN = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.GONE,
    HTTPStatus.NOT_IMPLEMENTED,
)
_CALDAV = "{urn:ietf:params:xml:ns:caldav}"
# What stands for the version of a whole calendar: RFC 6578, section 4, and an older one of Apple's.
_VERSIONS = (f"{DAV}sync-token", "{http://calendarserver.org/ns/}getctag")
_NAMESPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
_PROPFIND = f"""<?xml version="1.0" encoding="utf-8"?>
<propfind {_NAMESPACES}><prop>
<current-user-principal/><C:calendar-home-set/><resourcetype/><supported-report-set/><sync-token/><S:getctag/>
<C:supported-calendar-component-set/><C:schedule-calendar-transp/>
</prop></propfind>"""
_FREE_BUSY = f"""<?xml version="1.0" encoding="utf-8"?>
<C:free-busy-query {_NAMESPACES}><C:time-range start="{{start}}" end="{{end}}"/></C:free-busy-query>"""
_EVENTS = f"""<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query {_NAMESPACES}><prop><C:calendar-data/></prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{{start}}" end="{{end}}"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an account holds. `state` is to be given back next time.

    `calendars` are iCalendar texts, which together are all that there is in the time asked for: answers of free and
    busy times, or events. None if nothing has changed.
    """

    state: bytes
    calendars: list[bytes] | None


@dataclass(frozen=True, slots=True)
class Question:
    """The days, since 1970 and without the last, that are asked for; and whether for events only where it must be."""

    first: int
    last: int
    free_busy_first: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the calendars of an account are: all those in one collection, or a single one."""

    url: str
    is_calendar: bool


def fetch_caldav(url: str, username: str, password: str, *, state: bytes = b"", start: int, end: int) -> Changes:
    """When an account is busy from `start` to `end` (minutes since 1970, UTC), or all its events in that time.

    The server is asked for whole days: while nothing has changed there, and the days are the same, that is one
    request. Takes SECONDS at most. Raises Refused or Failing.
    """
    question = Question(start * MINUTE // DAY, -(-end * MINUTE // DAY), FREE_BUSY_FIRST)
    credentials = Credentials(username, password)
    new, *calendars = run(SECONDS, Failing, read_account, Rules.of_settings(), url, credentials, state, question)
    return Changes(new, calendars[1:] if calendars else None)


def read_account(rules: Rules, text: str, credentials: Credentials, state: bytes, question: Question) -> list[bytes]:
    """The new state, and if anything has changed, an empty piece and the calendars."""
    url, _ = read_address(text)
    fetcher = Fetcher(rules, url, credentials)
    # An address or a user of today may be another than that of the state.
    account = hashlib.sha256(orjson.dumps((url, credentials.username))).hexdigest()
    known = _read_state(state, account)
    calendars: list[tuple[str, Properties]] = []
    if known:
        place = Place(known["url"], known["is_calendar"])
        fetcher.trust(place.url)
        calendars = find_calendars(fetcher, place)
    if not calendars:
        place = find_place(fetcher, url)
        calendars = find_calendars(fetcher, place)
    if not calendars:
        raise Refused(f"{parse_url(url).host} shows no calendars of this user.")
    if len(calendars) > MAX_CALENDARS:
        raise Refused(f"It has more than {MAX_CALENDARS} calendars.")
    versions = sorted((calendar, _read_version(properties)) for calendar, properties in calendars)
    # Where a calendar has no version, nobody can say that nothing has changed.
    has_versions = all(version for _, version in versions)
    seen = hashlib.sha256(orjson.dumps((question, versions))).hexdigest() if has_versions else ""
    new = {"account": account, "url": place.url, "is_calendar": place.is_calendar, "seen": seen}
    pieces = [orjson.dumps(new)]
    if not seen or known.get("seen") != seen:
        pieces.append(b"")
        for calendar, properties in calendars:
            pieces += read_calendar(fetcher, calendar, properties, question)
    return pieces


def _read_state(state: bytes, account: str) -> dict[str, Any]:
    """What is known of an account, or nothing."""
    try:
        known = orjson.loads(state)
    except orjson.JSONDecodeError:
        return {}
    is_known = isinstance(known, dict) and known.get("account") == account
    return known if is_known and isinstance(known.get("url"), str) and "is_calendar" in known else {}


def find_place(fetcher: Fetcher, url: str) -> Place:
    """Where the calendars are (RFC 6764, section 6): the address may be of a server, a user or a calendar."""
    addresses = [urljoin(url, WELL_KNOWN), urljoin(url, "/")]
    if url not in addresses:
        addresses.insert(0, url)
    for address in addresses:
        for here, properties in find_resources(fetcher, address, depth=0)[:1]:
            if _is_calendar(properties):
                return Place(here, is_calendar=True)
            owner = properties
            if principal := _follow(fetcher, here, properties, f"{DAV}current-user-principal"):
                owner = dict(find_resources(fetcher, principal, depth=0)).get(principal, properties)
            if home := _follow(fetcher, here, owner, f"{_CALDAV}calendar-home-set"):
                return Place(home, is_calendar=False)
    raise Refused(f"{parse_url(url).host} shows no calendars of this user.")


def _follow(fetcher: Fetcher, here: str, properties: Properties, name: str) -> str | None:
    """The address that a property holds.

    Who knows the password may say where else it is needed: large servers keep calendars at other hosts than users.
    """
    href = properties[name].findtext(HREF) if name in properties else None
    if not href:
        return None
    url = resolve(here, href)
    if fetcher.trusts(here):
        fetcher.trust(url)
    return url


def find_calendars(fetcher: Fetcher, place: Place) -> list[tuple[str, Properties]]:
    """The calendars of events that make their owner busy (RFC 6638, section 9.1); one that was named, in any case."""
    if place.is_calendar:
        return [found for found in find_resources(fetcher, place.url, depth=0) if _is_calendar(found[1])]
    return [
        (url, properties)
        for url, properties in find_resources(fetcher, place.url, depth=1)
        if _is_calendar(properties)
        and find_origin(url) == find_origin(place.url)
        and (_names(properties, f"{_CALDAV}supported-calendar-component-set") or {"VEVENT"}) >= {"VEVENT"}
        and not _has(properties, f"{_CALDAV}schedule-calendar-transp", f"{_CALDAV}transparent")
    ]


def _is_calendar(properties: Properties) -> bool:
    return _has(properties, f"{DAV}resourcetype", f"{_CALDAV}calendar")


def _has(properties: Properties, name: str, inside: str) -> bool:
    return name in properties and properties[name].find(f".//{inside}") is not None


def _names(properties: Properties, name: str) -> set[str | None]:
    return {child.get("name") for child in properties[name]} if name in properties else set()


def _read_version(properties: Properties) -> str:
    """What changes with any change in a calendar, or nothing."""
    return next((properties[name].text or "" for name in _VERSIONS if name in properties), "")


def find_resources(fetcher: Fetcher, url: str, *, depth: int) -> list[tuple[str, Properties]]:
    """A resource, and with a depth of 1 what is in it (RFC 4918, section 9.1). Empty if there is nothing of use."""
    answer = _ask(fetcher, "PROPFIND", url, depth, _PROPFIND)
    if answer.status in _IN_VAIN or answer.status == HTTPStatus.OK:
        return []
    return [(address, properties) for address, _, properties in read_multistatus(answer)]


def read_calendar(fetcher: Fetcher, url: str, properties: Properties, question: Question) -> list[bytes]:
    """When its owner is busy (RFC 4791, section 7.10), or its events (section 7.8)."""
    reports = f"{DAV}supported-report-set"
    is_preferred = question.free_busy_first or not _has(properties, reports, f"{_CALDAV}calendar-query")
    if is_preferred and _has(properties, reports, f"{_CALDAV}free-busy-query"):
        answer = _ask(fetcher, "REPORT", url, 1, _FREE_BUSY.format(**_format_days(question.first, question.last)))
        if answer.status == HTTPStatus.OK and b"BEGIN:VCALENDAR" in answer.content:
            return [answer.content]
    # A day more on both sides: where days begin and end is for us to say.
    body = _EVENTS.format(**_format_days(question.first - 1, question.last + 1))
    calendars = []
    for _, status, found in read_multistatus(_ask(fetcher, "REPORT", url, 1, body)):
        data = found.get(f"{_CALDAV}calendar-data")
        if status or data is None or not data.text:
            raise Failing(f"{parse_url(url).host} shows a part of a calendar alone.")
        calendars.append(data.text.encode())
    return calendars


def _format_days(first: int, last: int) -> dict[str, str]:
    start, end = (EPOCH + day * DAY for day in (first, last))
    return {"start": f"{start:%Y%m%dT%H%M%SZ}", "end": f"{end:%Y%m%dT%H%M%SZ}"}


def _ask(fetcher: Fetcher, method: str, url: str, depth: int, body: str) -> Answer:
    headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": str(depth)}
    return fetcher.fetch(method, url, headers, body.encode())
