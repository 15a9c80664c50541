"""How calendars are fetched from addresses that strangers choose: from public networks alone, and within limits."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from user_service.calendars.faults import Failing, Refused
from user_service.calendars.fetching.addresses import (
    NOT_OF_THE_WEB,
    PORTS,
    Credentials,
    find_origin,
    read_address,
    resolve,
)
from user_service.calendars.processes import run

MAX_BYTES = 10 << 20
MAX_REDIRECTS = 5
MAX_HEADER_CHARACTERS = 1024
SECONDS = 10.0
CONNECT_SECONDS = 5.0

NOT_PUBLIC = "Its address leads to a network that is not public."
NOT_ENCRYPTED = "A password is sent over https alone."

_HEADERS = {"User-Agent": "W2Meet", "Accept-Encoding": "gzip, deflate"}
_PIECE_BYTES = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
# Once private (RFC 3879); the library takes it for public.
_SITE_LOCAL = ip_network("fec0::/10")

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Rules:
    """What an operator has set: networks that are no less good than public ones, and a file of whom to trust."""

    networks: tuple[Network, ...] = ()
    ca_bundle: str | None = None

    @classmethod
    def of_settings(cls) -> "Rules":
        """Those of this process."""
        return cls(tuple(settings.CALENDAR_PRIVATE_NETWORKS), os.environ.get("REQUESTS_CA_BUNDLE"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered in the end, at `url`. The content is empty unless the status is a success."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    def check(self) -> None:
        """Raises Refused or Failing, unless the status is a success."""
        host = parse_url(self.url).host
        if self.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise Refused(f"{host} does not let us in: it wants a password, or another one.")
        if self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            raise Refused(f"{host} has nothing at this address.")
        if not 200 <= self.status < 300:
            raise Failing(f"{host} answered with status {self.status}.")


class PublicAdapter(IPFilterAdapter):
    """Connects to the very address that was looked up and checked, be it public or of one of the `networks`.

    Raises Refused for all others, and for a password that would travel unencrypted in public.
    """

    def __init__(self, networks: tuple[Network, ...], *, is_https: bool) -> None:
        super().__init__(is_https_proto=is_https)
        self.networks = networks

    def build_connection_pool_key_attributes(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,
        cert: str | tuple[str, str] | None = None,
    ) -> tuple[Any, Any]:
        """Where to connect to, and how: requests asks for it before each request."""
        try:
            host, options = super().build_connection_pool_key_attributes(request, verify, cert)
            address = ip_address(host["host"].strip("[]"))
            is_public = not address.is_reserved and address not in _SITE_LOCAL
        except InvalidIPAddress as fault:
            [address] = fault.args
            is_public = False
        if is_public:
            if host["scheme"] == "http" and "Authorization" in request.headers:
                raise Refused(NOT_ENCRYPTED)
            return host, options
        if not any(address in network for network in self.networks):
            raise Refused(NOT_PUBLIC)
        where: Any
        how: Any
        where, how = HTTPAdapter.build_connection_pool_key_attributes(self, request, verify, cert)
        if where["scheme"] == "https":
            how |= {"assert_hostname": where["host"], "server_hostname": where["host"]}
        return where | {"host": str(address) if address.version == 4 else f"[{address}]"}, how


class Fetcher:
    """Fetches what belongs to one calendar: at most MAX_BYTES in all. Has no limit of time: see `processes`.

    The credentials are sent to the origin of `url` alone, and to those that `trust` adds, whatever redirects say.
    """

    def __init__(self, rules: Rules, url: str, credentials: Credentials | None) -> None:
        self.bytes_left = MAX_BYTES
        self._auth = (
            HTTPBasicAuth(credentials.username.encode(), credentials.password.encode()) if credentials else None
        )
        self._origins = {find_origin(url)}
        self._verify = rules.ca_bundle or True
        self._adapters = {scheme: PublicAdapter(rules.networks, is_https=scheme == "https") for scheme in PORTS}

    def trusts(self, url: str) -> bool:
        """Whether the credentials are sent there."""
        return find_origin(url) in self._origins

    def trust(self, url: str) -> None:
        """Has the credentials sent to this origin as well."""
        self._origins.add(find_origin(url))

    def fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """The answer at the end of all redirects, which keep the method (but for a 303). Raises Refused or Failing."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._fetch_once(method, url, headers, body)
            target = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or target is None:
                return answer
            following = resolve(url, target)
            if url.startswith("https:") and following.startswith("http:"):
                raise Refused("Its address leads on from https to http.")
            if answer.status == HTTPStatus.SEE_OTHER:
                method, body = "GET", None
            url = following
        raise Failing(f"Its address leads on to others, more than {MAX_REDIRECTS} times.")

    def _fetch_once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        parsed = parse_url(url)
        host = parsed.host or ""
        auth = self._auth if self.trusts(url) else None
        try:
            request = requests.Request(method, url, {**_HEADERS, **headers}, data=body, auth=auth).prepare()
            # A session would use proxies, .netrc and cookies, and read all of a redirect's content, whatever its size.
            with self._adapters[parsed.scheme or ""].send(
                request, stream=True, timeout=(CONNECT_SECONDS, SECONDS), verify=self._verify
            ) as response:
                content = self._read(response) if response.ok and not response.is_redirect else b""
                return Answer(url, response.status_code, response.headers, content)
        except requests.exceptions.SSLError:
            raise Failing(f"{host} is not reached securely: its certificate does not fit.") from None
        except requests.Timeout:
            raise Failing(f"{host} does not answer in time.") from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError):
            raise Refused(NOT_OF_THE_WEB) from None
        except (requests.RequestException, HTTPError) as fault:
            if not isinstance(fault.__cause__, socket.gaierror):
                raise Failing(f"{host} cannot be reached, or its answer is no good.") from None
            if "." not in host:
                # Or we would tell which names there are in our own network.
                raise Refused(NOT_PUBLIC) from None
            raise Failing(f"{host} is not found.") from None

    def _read(self, response: requests.Response) -> bytes:
        content = bytearray()
        for piece in response.iter_content(_PIECE_BYTES):
            content += piece
            self.bytes_left -= len(piece)
            if self.bytes_left < 0:
                raise Failing(f"It is larger than {MAX_BYTES >> 20} MiB.")
        return bytes(content)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed. The content is None if it is as it was; `etag` and `last_modified` are to be given next time."""

    content: bytes | None
    etag: str
    last_modified: str


def fetch_feed(url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
    """What is at an address, unless nothing has changed since (RFC 9110, section 13.1).

    Takes SECONDS at most. Raises Refused or Failing.
    """
    pieces = run(SECONDS, Failing, read_feed, Rules.of_settings(), url, etag, last_modified)
    return Fetched(pieces[2] if len(pieces) > 2 else None, pieces[0].decode(), pieces[1].decode())


def read_feed(rules: Rules, text: str, etag: str, last_modified: str) -> list[bytes]:
    """ETag, Last-Modified and content of a feed; without the content if it is as it was. Has no limit of time."""
    url, credentials = read_address(text)
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"Accept": "text/calendar, */*;q=0.1"} | {name: value for name, value in known.items() if value}
    answer = Fetcher(rules, url, credentials).fetch("GET", url, headers)
    if answer.status == HTTPStatus.NOT_MODIFIED and (etag or last_modified):
        return [etag.encode(), last_modified.encode()]
    answer.check()
    validators = [answer.headers.get(name, "") for name in ("ETag", "Last-Modified")]
    kept = [value.encode() if len(value) <= MAX_HEADER_CHARACTERS else b"" for value in validators]
    return [*kept, answer.content]
