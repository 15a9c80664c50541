"""Addresses that strangers write, and that servers lead on to: what they mean, and where that is."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from user_service.calendars.faults import Refused

NOT_OF_THE_WEB = "Its address has to begin with https:// and a host."
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and its password (RFC 7617)."""

    username: str
    password: str = field(repr=False)


def read_address(text: str) -> tuple[str, Credentials | None]:
    """An address without user, fragment and spellings that mean the same, and who it says the user is.

    Raises Refused. `webcal` means https.
    """
    try:
        parsed = parse_url(re.sub("^webcals?:", "https:", text.strip(), flags=re.IGNORECASE))
    except LocationParseError:
        raise Refused(NOT_OF_THE_WEB) from None
    host = (parsed.host or "").rstrip(".")
    if parsed.scheme not in PORTS or not host:
        raise Refused(NOT_OF_THE_WEB)
    username, _, password = map(unquote, (parsed.auth or "").partition(":"))
    url = Url(parsed.scheme, None, host, parsed.port, parsed.path or "/", parsed.query).url
    return url, Credentials(username, password) if parsed.auth else None


def resolve(base: str, reference: str) -> str:
    """The address that a reference means at another address (RFC 3986, section 5). Raises Refused."""
    try:
        return read_address(urljoin(base, reference.strip()))[0]
    except ValueError:
        raise Refused(NOT_OF_THE_WEB) from None


def find_origin(url: str) -> tuple[str | None, str | None, int | None]:
    """Scheme, host and port of an address (RFC 6454, section 4)."""
    parsed = parse_url(url)
    return parsed.scheme, parsed.host, parsed.port or PORTS.get(parsed.scheme or "")
