"""Feeds are fetched from public networks alone, and within limits, whatever a server does."""

import contextlib
import datetime as dt
import gzip
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.neighbour import Behaviour, Neighbour, answers, hangs_up, in_turn, says
from tests.support.servers import ROOT, eventually
from user_service.calendars import processes
from user_service.calendars.faults import Failing, Refused
from user_service.calendars.fetching import http
from user_service.calendars.fetching.addresses import NOT_OF_THE_WEB
from user_service.calendars.fetching.http import (
    NOT_ENCRYPTED,
    NOT_PUBLIC,
    Fetched,
    PublicAdapter,
    Rules,
    fetch_feed,
)

pytestmark = pytest.mark.long

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
SECRET = "private-7c1d"
OPEN = Rules((ip_network("127.0.0.1/32"),))


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    with Neighbour() as started:
        started.behave = calendar()
        yield started


@pytest.fixture
def other() -> Iterator[Neighbour]:
    with Neighbour() as started:
        started.behave = calendar()
        yield started


@pytest.fixture(autouse=True)
def _private_networks(settings: Any) -> None:
    settings.CALENDAR_PRIVATE_NETWORKS = list(OPEN.networks)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch may take half a second."""
    monkeypatch.setattr(http, "SECONDS", 0.5)


def calendar(*headers: str, content: bytes = CALENDAR) -> Behaviour:
    return answers(content, "200 OK", "text/calendar", *headers)


def redirect(url: str, status: str = "302 Found") -> Behaviour:
    return answers(b"", status, "text/plain", f"Location: {url}")


def port(neighbour: Neighbour) -> int:
    return int(neighbour.url.rpartition(":")[2])


def refusal(url: str) -> str:
    with pytest.raises(Refused) as fault:
        fetch_feed(url)
    return fault.value.reason


def failure(url: str) -> str:
    with pytest.raises(Failing) as fault:
        fetch_feed(url)
    return fault.value.reason


def test_a_feed_is_fetched(neighbour: Neighbour) -> None:
    neighbour.behave = calendar('ETag: "7"', "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT")

    fetched = fetch_feed(f"{neighbour.url}/{SECRET}/a%20b.ics?key=%2F#top")

    assert fetched == Fetched(CALENDAR, '"7"', "Mon, 02 Nov 2026 10:00:00 GMT")
    [received] = neighbour.received
    assert received.line == f"GET /{SECRET}/a%20b.ics?key=%2F HTTP/1.1"
    assert received.headers["Host"] == neighbour.url.removeprefix("http://")
    assert not {"Authorization", "Cookie", "If-None-Match", "If-Modified-Since"} & set(received.headers)


def test_a_feed_that_is_as_it_was_is_not_sent_again(neighbour: Neighbour) -> None:
    neighbour.behave = answers(b"", "304 Not Modified")

    fetched = fetch_feed(neighbour.url, etag='W/"7"', last_modified="Mon, 02 Nov 2026 10:00:00 GMT")

    assert fetched == Fetched(None, 'W/"7"', "Mon, 02 Nov 2026 10:00:00 GMT")
    assert neighbour.received[0].headers["If-None-Match"] == 'W/"7"'
    assert neighbour.received[0].headers["If-Modified-Since"] == "Mon, 02 Nov 2026 10:00:00 GMT"


def test_what_was_known_is_forgotten_with_new_content(neighbour: Neighbour) -> None:
    assert fetch_feed(neighbour.url, etag='"7"') == Fetched(CALENDAR, "", "")


def test_a_feed_of_which_nothing_is_known_has_changed(neighbour: Neighbour) -> None:
    neighbour.behave = answers(b"", "304 Not Modified")

    assert failure(neighbour.url) == "127.0.0.1 answered with status 304."


@pytest.mark.parametrize("zipped", [gzip.compress, zlib.compress])
def test_a_compressed_feed_is_read(neighbour: Neighbour, zipped: Callable[[bytes], bytes]) -> None:
    encoding = "gzip" if zipped is gzip.compress else "deflate"
    neighbour.behave = calendar(f"Content-Encoding: {encoding}", content=zipped(CALENDAR))

    assert fetch_feed(neighbour.url).content == CALENDAR


PRIVATE = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.1",
    "017700000001",
    "0177.0.0.01",
    "0",
    "0.0.0.0",
    "127.0.0.1.",
    "127.255.255.254",
    "localhost",
    "LOCALHOST.",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001::1]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.0.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "user@127.0.0.1",
    "example.org@127.0.0.1",
    "example.org:80@127.0.0.1",
    "example.org%2F@127.0.0.1",
    "example.org%23@127.0.0.1",
    "redis-of-nobody",
]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_private_addresses_are_refused_in_the_same_words(neighbour: Neighbour, settings: Any, scheme: str) -> None:
    settings.CALENDAR_PRIVATE_NETWORKS = []

    refusals = {host: refusal(f"{scheme}://{host}:{port(neighbour)}/{SECRET}") for host in PRIVATE}

    assert refusals == dict.fromkeys(PRIVATE, NOT_PUBLIC)
    assert not neighbour.received


@pytest.mark.parametrize(
    "url",
    [
        "",
        "calendar.ics",
        "//example.org/",
        "http://",
        "https:///a.ics",
        "https://./",
        "https://[::1",
        "https://a b/",
        "https://h:99999/",
        "https://h:-1/",
        "https://①②⑦.⓪.⓪.①/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://*.example.org/",
        f"https://{'a' * 64}.example.org/",
        "https://127.0.0.1\n.example.org/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://127.0.0.1/",
        "unix:///run/redis.sock",
        "javascript:alert(1)",
        "http+unix://x/",
        "httpx://127.0.0.1/",
        "webcal:127.0.0.1",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    assert refusal(url) == NOT_OF_THE_WEB


def test_a_backslash_does_not_end_a_host(neighbour: Neighbour, settings: Any) -> None:
    settings.CALENDAR_PRIVATE_NETWORKS = []

    assert refusal(f"http://localhost:{port(neighbour)}\\@example.org/") == NOT_PUBLIC


def test_no_proxy_and_no_password_of_the_environment_is_used(
    neighbour: Neighbour, other: Neighbour, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, other.url)

    content = http.read_feed(OPEN, neighbour.url, "", "")[2]

    assert content == CALENDAR
    assert "Authorization" not in neighbour.received[0].headers
    assert not other.received


def test_redirects_are_followed(neighbour: Neighbour, other: Neighbour) -> None:
    statuses = (
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    )
    neighbour.behave = in_turn(
        *(redirect(target, status) for target, status in zip("abcd", statuses, strict=False)),
        redirect(f"{other.url}/e", statuses[4]),
    )

    assert fetch_feed(f"{neighbour.url}/x/").content == CALENDAR
    assert [received.line.split()[1] for received in neighbour.received] == ["/x/", "/x/a", "/x/b", "/x/c", "/x/d"]
    assert other.received[0].line == "GET /e HTTP/1.1"


def test_what_a_redirect_says_besides_is_not_read(neighbour: Neighbour, other: Neighbour) -> None:
    def behave(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {other.url}\r\nX: ".encode())
        neighbour.flood(connection)

    neighbour.behave = behave

    assert fetch_feed(neighbour.url).content == CALENDAR


def test_redirects_come_to_an_end(neighbour: Neighbour) -> None:
    neighbour.behave = redirect("/again")

    assert failure(neighbour.url) == "Its address leads on to others, more than 5 times."
    assert len(neighbour.received) == 6


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:{port}/", "//2130706434:{port}/", "http://[::ffff:127.0.0.2]:{port}/"]
)
def test_a_redirect_to_a_private_address_is_refused(neighbour: Neighbour, target: str) -> None:
    neighbour.behave = redirect(target.format(port=port(neighbour)))

    assert refusal(neighbour.url) == NOT_PUBLIC


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "https://", "http://a b/", "http://[::1/"]
)
def test_a_redirect_out_of_the_web_is_refused(neighbour: Neighbour, target: str) -> None:
    neighbour.behave = redirect(target)

    assert refusal(neighbour.url) == NOT_OF_THE_WEB


def test_a_password_in_an_address_is_sent_to_its_origin_alone(neighbour: Neighbour, other: Neighbour) -> None:
    neighbour.behave = in_turn(redirect("/here"), redirect(f"http://eve:x@{other.url.removeprefix('http://')}/there"))

    fetch_feed(neighbour.url.replace("//", "//ann:s%C3%A9cret@"))

    assert [received.headers["Authorization"] for received in neighbour.received] == ["Basic YW5uOnPDqWNyZXQ="] * 2
    assert "Authorization" not in other.received[0].headers


def test_a_password_is_not_sent_unencrypted_in_public() -> None:
    assert refusal("http://ann:secret@1.1.1.1/") == NOT_ENCRYPTED


class Resolver:
    """Says of one name what it is told to, one answer after the other, and counts how often it is asked."""

    name = "calendar.example.org"

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[str] = []
        self._look_up = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: str, *arguments: Any, **options: Any) -> Any:
        return self._look_up(self.answers.pop(0) if host == self.name else host, *arguments, **options)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    return Resolver(monkeypatch)


def test_the_address_that_was_checked_is_the_one_connected_to(neighbour: Neighbour, resolver: Resolver) -> None:
    resolver.answers = ["127.0.0.1", "127.0.0.2"]

    assert http.read_feed(OPEN, f"http://{resolver.name}:{port(neighbour)}/", "", "")[2] == CALENDAR
    assert resolver.answers == ["127.0.0.2"]
    assert neighbour.received[0].headers["Host"] == f"{resolver.name}:{port(neighbour)}"


@pytest.mark.parametrize(("address", "host"), [("1.1.1.1", "1.1.1.1"), ("2606:4700::1111", "[2606:4700::1111]")])
def test_a_public_address_is_the_one_connected_to(resolver: Resolver, address: str, host: str) -> None:
    resolver.answers = [address]
    request = requests.Request("GET", f"https://{resolver.name}:8443/").prepare()

    where, how = PublicAdapter((), is_https=True).build_connection_pool_key_attributes(request, verify=True)

    assert where == {"scheme": "https", "host": host, "port": 8443}
    assert (how["server_hostname"], how["assert_hostname"]) == (resolver.name, resolver.name)
    assert request.headers["Host"] == f"{resolver.name}:8443"


def test_a_name_is_checked_each_time_that_it_is_looked_up(neighbour: Neighbour, resolver: Resolver) -> None:
    resolver.answers = ["127.0.0.1", "127.0.0.2"]
    neighbour.behave = redirect("/again")

    with pytest.raises(Refused, match=NOT_PUBLIC):
        http.read_feed(OPEN, f"http://{resolver.name}:{port(neighbour)}/", "", "")
    assert len(neighbour.received) == 1


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        ("401 Unauthorized", Refused, "127.0.0.1 does not let us in: it wants a password, or another one."),
        ("403 Forbidden", Refused, "127.0.0.1 does not let us in: it wants a password, or another one."),
        ("404 Not Found", Refused, "127.0.0.1 has nothing at this address."),
        ("410 Gone", Refused, "127.0.0.1 has nothing at this address."),
        ("429 Too Many Requests", Failing, "127.0.0.1 answered with status 429."),
        ("500 Internal Server Error", Failing, "127.0.0.1 answered with status 500."),
        ("503 Service Unavailable", Failing, "127.0.0.1 answered with status 503."),
        ("302 Found", Failing, "127.0.0.1 answered with status 302."),
    ],
)
def test_a_fault_is_told_by_its_status(neighbour: Neighbour, status: str, kind: type[Exception], reason: str) -> None:
    neighbour.behave = answers(SECRET.encode() * 10, status)

    with pytest.raises(kind) as fault:
        fetch_feed(f"{neighbour.url}/{SECRET}")
    assert str(fault.value) == reason


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"HTTP/1.1 200 OK",
        HEAD + b"X: ",
        HEAD + b"\r\n",
        HEAD + b"Content-Length: 1000\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n4;",
    ],
    ids=["status line", "reason", "header", "body", "body of a length", "chunk"],
)
def test_what_drips_ends_in_time(neighbour: Neighbour, before: bytes) -> None:
    neighbour.behave = neighbour.drip(before)
    started = time.monotonic()

    assert failure(neighbour.url) == "It took longer than 0.5 s."
    assert time.monotonic() - started < 2


@pytest.mark.usefixtures("soon")
def test_who_says_nothing_is_not_waited_for(neighbour: Neighbour) -> None:
    neighbour.behave = neighbour.hang

    assert "0.5 s" in failure(neighbour.url) or "in time" in failure(neighbour.url)


@pytest.mark.usefixtures("soon")
def test_the_time_is_for_all_redirects_together(neighbour: Neighbour) -> None:
    def late(connection: socket.socket) -> None:
        neighbour.over.wait(0.2)
        redirect("/again")(connection)

    neighbour.behave = late

    assert failure(neighbour.url) == "It took longer than 0.5 s."


def hang() -> list[bytes]:
    time.sleep(3600)
    return []


def stumble() -> list[bytes]:
    raise ValueError(SECRET)


def test_work_ends_in_time_wherever_it_hangs() -> None:
    with pytest.raises(Failing, match=r"It took longer than 0\.2 s\."):
        processes.run(0.2, Failing, hang)


def test_work_ends_in_time_when_whoever_waits_is_killed() -> None:
    """Else a server that drips would keep a process for ever."""
    program = (
        "import time\nfrom user_service.calendars import faults, processes\n"
        "if __name__ == '__main__':\n    print(flush=True)\n"
        "    processes.run(1.5, faults.Failing, time.sleep, 3600)\n"
    )
    environment = os.environ | {"W2MEET_TEST_MARK": str(os.getpid())}
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as waiting:
        mark = f"W2MEET_TEST_MARK={os.getpid()}".encode()

        def marked() -> list[Path]:
            return [folder for folder in Path("/proc").iterdir() if folder.name.isdecimal() and is_marked(folder)]

        def is_marked(folder: Path) -> bool:
            try:
                return mark in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                return False

        # It, the one that keeps track of shared memory, the server of processes, and the work.
        eventually(lambda: len(marked()) == 4, "the work")
        waiting.send_signal(signal.SIGKILL)
        eventually(lambda: not marked(), "the end of the work", seconds=5)


def test_a_fault_of_our_own_is_told_without_its_text() -> None:
    with pytest.raises(Failing, match=r"^It cannot be read \(ValueError\)\.$"):
        processes.run(5, Failing, stumble)


def test_an_endless_body_is_not_read_to_its_end(neighbour: Neighbour) -> None:
    neighbour.behave = neighbour.flood

    assert failure(neighbour.url) == "It is larger than 10 MiB."


@pytest.mark.parametrize(("excess", "fits"), [(0, True), (1, False)])
def test_ten_mebibytes_are_enough(neighbour: Neighbour, excess: int, fits: bool) -> None:
    neighbour.behave = calendar(content=b" " * (http.MAX_BYTES + excess))

    if fits:
        assert len(fetch_feed(neighbour.url).content or b"") == http.MAX_BYTES
    else:
        assert failure(neighbour.url) == "It is larger than 10 MiB."


def test_a_bomb_does_not_go_off(neighbour: Neighbour) -> None:
    def bomb(connection: socket.socket) -> None:
        """A gigabyte of zeros."""
        packer = zlib.compressobj(wbits=31)
        connection.sendall(HEAD + b"Content-Encoding: gzip\r\n\r\n")
        for _ in range(1024):
            connection.sendall(packer.compress(bytes(1 << 20)))
        connection.sendall(packer.flush())

    neighbour.behave = bomb

    assert failure(neighbour.url) == "It is larger than 10 MiB."


def test_a_bomb_takes_little_memory(neighbour: Neighbour) -> None:
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(128)) + packer.flush()
    neighbour.behave = calendar("Content-Encoding: gzip", content=packed)

    [grown] = processes.run(10, Failing, measure_growth, OPEN, neighbour.url)

    assert int(grown) < 64 << 10


def measure_growth(rules: Rules, url: str) -> list[bytes]:
    """By how many KiB this process has grown at most while it fetched in vain."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(Failing):
        http.read_feed(rules, url, "", "")
    return [str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before).encode()]


@pytest.mark.parametrize(
    "nonsense",
    [
        hangs_up,
        says(b"220 mail.example.org ESMTP\r\n"),
        says(b"\x16\x03\x01\x00\xff" * 50),
        says(b"HTTP/1.1 999999 What\r\n\r\n"),
        says(HEAD + b"Content-Length: 100\r\n\r\nshort"),
        says(HEAD + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nshort"),
        says(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nshort"),
        says(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"),
        says(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nshort"),
        says(HEAD + b"Content-Encoding: " + b"gzip, " * 50 + b"gzip\r\nContent-Length: 5\r\n\r\nshort"),
        says(HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n"),
        says(HEAD + b"X: a\r\n" * 1000 + b"\r\n"),
    ],
    ids=[
        "end",
        "mail",
        "binary",
        "status",
        "short",
        "lengths",
        "chunk",
        "no last chunk",
        "no gzip",
        "codings",
        "header",
        "headers",
    ],
)
def test_nonsense_is_a_failure(neighbour: Neighbour, nonsense: Behaviour) -> None:
    def once(connection: socket.socket) -> None:
        nonsense(connection)
        connection.shutdown(socket.SHUT_RDWR)

    neighbour.behave = hangs_up if nonsense is hangs_up else once

    assert failure(f"{neighbour.url}/{SECRET}") == "127.0.0.1 cannot be reached, or its answer is no good."


def test_a_wrong_length_that_is_too_short_ends_the_content(neighbour: Neighbour) -> None:
    neighbour.behave = says(HEAD + f"Content-Length: {len(CALENDAR)}\r\n\r\n".encode() + CALENDAR + b"more")

    assert fetch_feed(neighbour.url).content == CALENDAR


def test_a_host_that_is_not_there_is_a_failure() -> None:
    assert failure("https://calendar.invalid/") == "calendar.invalid is not found."


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName(Resolver.name)]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *plain))
    return file


@pytest.fixture
def secure(certificate: Path) -> Iterator[Neighbour]:
    """A neighbour that speaks TLS."""
    with Neighbour() as started:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        started.wrap(context)
        started.behave = calendar()
        yield started


def test_a_feed_is_fetched_over_tls(secure: Neighbour, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    for scheme in ("https", "webcal", "WEBCAL", "webcals"):
        assert fetch_feed(f"{scheme}://127.0.0.1:{port(secure)}/").content == CALENDAR


def test_a_certificate_is_for_the_name_and_not_for_its_address(
    secure: Neighbour, certificate: Path, resolver: Resolver
) -> None:
    resolver.answers = ["127.0.0.1"]
    rules = Rules(OPEN.networks, str(certificate))

    assert http.read_feed(rules, f"https://{resolver.name}:{port(secure)}/", "", "")[2] == CALENDAR
    with pytest.raises(Failing, match="not reached securely"):
        http.read_feed(rules, f"https://localhost:{port(secure)}/", "", "")


def test_a_certificate_that_nobody_vouches_for_is_a_failure(secure: Neighbour) -> None:
    reason = failure(f"https://127.0.0.1:{port(secure)}/")

    assert reason == "127.0.0.1 is not reached securely: its certificate does not fit."
    assert not secure.received


def test_nothing_leads_from_https_to_http(
    secure: Neighbour, neighbour: Neighbour, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    secure.behave = redirect(neighbour.url)

    assert refusal(f"https://127.0.0.1:{port(secure)}/") == "Its address leads on from https to http."
    assert not neighbour.received
