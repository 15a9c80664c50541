"""Answers about several resources at once (RFC 4918, section 13), from servers that strangers choose."""

from collections.abc import Mapping
from http import HTTPStatus
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from urllib3.util import parse_url

from user_service.calendars.faults import Failing
from user_service.calendars.fetching.addresses import resolve
from user_service.calendars.fetching.http import Answer

MAX_ELEMENTS = 200_000
DAV = "{DAV:}"
HREF = f"{DAV}href"

Properties = Mapping[str, Element]


class StrictBuilder(TreeBuilder):
    """Builds trees of a limited size, and without a document type: there are no entities. Raises ParseError."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Called where one begins."""
        raise ParseError("a document type")

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Called where an element begins."""
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise ParseError("too many elements")
        return super().start(tag, attrs)


def read_multistatus(answer: Answer) -> list[tuple[str, str, Properties]]:
    """Of each response its address, its status if it has one, the properties it could tell. Raises Refused, Failing."""
    answer.check()
    host = parse_url(answer.url).host
    parser = XMLParser(target=StrictBuilder())  # noqa: S314
    try:
        parser.feed(answer.content)
        root = parser.close()
    except (ParseError, ValueError, LookupError):  # the latter for encodings
        raise Failing(f"{host} answered something that is not CalDAV.") from None
    if answer.status != HTTPStatus.MULTI_STATUS or root.tag != f"{DAV}multistatus":
        raise Failing(f"{host} answered something that is not CalDAV.")
    responses: list[tuple[str, str, Properties]] = []
    for response in root.iterfind(f"{DAV}response"):
        properties: dict[str, Element] = {}
        for group in response.iterfind(f"{DAV}propstat"):
            if " 200" in group.findtext(f"{DAV}status", ""):
                properties |= {found.tag: found for found in group.iterfind(f"{DAV}prop/*")}
        address = resolve(answer.url, response.findtext(HREF, ""))
        responses.append((address, response.findtext(f"{DAV}status", ""), properties))
    return responses
