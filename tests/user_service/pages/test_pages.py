"""What a browser gets (contract, section 8): pages for everything, and all that they load from here."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from rest_framework.test import APIClient

from tests.support.servers import Service

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
ANN = "/users/ann@example.org"
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
_URL_IN_CSS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Loads(HTMLParser):
    """The addresses that a browser loads of itself to show a page, and where the page's forms lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.forms: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if address := found.get(LOADING.get(tag, "")):
            self.addresses.append(address)
        if tag == "form":
            self.forms.append(found)


def browse(client: APIClient, path: str) -> Any:
    return client.get(path, HTTP_ACCEPT=BROWSER)


@pytest.mark.parametrize(
    "path",
    ["/", "/health", "/health/live", "/users", ANN, f"{ANN}/availability", "/users/availability?email=ann@example.org"],
)
def test_a_browser_gets_a_page_of_everything_that_can_be_read(
    client: APIClient, ann: dict[str, Any], path: str
) -> None:
    page = browse(client, path)

    assert page.status_code == 200
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert "user-service" in page.content.decode() or "ann@example.org" in page.content.decode()


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/nothing", 404, "There is nothing at this path."),
        ("/users/nobody@example.org", 404, "There is no user with the email"),
        ("/users?limit=0", 400, "limit"),
        ("/users/availability/query", 405, "not allowed"),
        (f"{ANN}/calendars/team/refresh", 405, "not allowed"),
        (f"/users{'/a@b.org' * 5000}", 404, "There is no user with the email"),
    ],
)
def test_a_browser_gets_a_page_of_what_went_wrong(client: APIClient, path: str, status: int, text: str) -> None:
    page = browse(client, path)

    assert page.status_code == status
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert text in page.content.decode()


def test_a_page_is_rest_frameworks_with_the_same_call_for_curl(client: APIClient, ann: dict[str, Any]) -> None:
    page = browse(client, f"{ANN}/availability").content.decode()

    assert f"curl http://testserver{ANN}/availability" in page
    for script in ("ajax-form.js", "csrf.js", "load-ajax-form.js"):
        assert f"/static/rest_framework/js/{script}" in page
    assert "<style" not in page
    assert " style=" not in page


def test_the_crumbs_lead_somewhere(client: APIClient, ann: dict[str, Any]) -> None:
    crumbs = browse(client, f"{ANN}/availability").content.decode().partition("breadcrumb")[2].partition("</ul>")[0]

    links = re.findall(r'href="([^"]+)"', crumbs)
    assert len(links) == 4
    assert [client.get(link, headers={"Accept": BROWSER}, follow=True).status_code for link in links] == [200] * 4


def test_options_tell_what_is_read_and_answered(client: APIClient, ann: dict[str, Any]) -> None:
    told = client.options(ANN).json()

    assert told["name"] == "User"
    assert told["parses"] == ["application/json", "multipart/form-data"]
    assert client.options("/users?limit=5", headers={"Accept": BROWSER}).status_code == 200


def test_a_long_answer_is_not_shown_whole(client: APIClient, add: Callable[..., Any]) -> None:
    for number in range(100):
        add(f"user{number}@example.org", name="N" * 200)

    page = browse(client, "/users")

    assert "Programs get all of it." in page.content.decode()
    assert len(page.content) < 100_000


@pytest.mark.parametrize("path", ["/users", ANN, f"{ANN}/availability", "/nothing"])
def test_a_program_gets_json_of_the_same(client: APIClient, ann: dict[str, Any], path: str) -> None:
    for accept in ("*/*", "application/json", ""):
        assert "json" in client.get(path, HTTP_ACCEPT=accept)["Content-Type"]


def test_the_format_parameter_chooses_among_what_the_header_takes(client: APIClient, ann: dict[str, Any]) -> None:
    assert client.get(f"{ANN}?format=json", HTTP_ACCEPT=BROWSER).json() == ann
    assert client.get(f"{ANN}?format=api", HTTP_ACCEPT="*/*")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "method"), [("/users", "post"), (ANN, "patch"), (ANN, "delete"), (f"{ANN}/availability", "put")]
)
def test_a_page_has_a_form_for_each_change(client: APIClient, ann: dict[str, Any], path: str, method: str) -> None:
    page = browse(client, path).content.decode()

    methods = {str(form.get("data-method") or form.get("method")).lower() for form in Loads(page).forms}
    assert method in methods or f'data-method="{method.upper()}"' in page


def test_the_root_page_leads_to_all_there_is(client: APIClient) -> None:
    root = client.get("/").json()

    assert root.pop("service") == "user-service"
    assert root.keys() == {"docs", "schema", "health", "users"}
    for address in root.values():
        assert client.get(address).status_code == 200


def test_a_name_is_shown_as_text_and_never_run(client: APIClient, add: Callable[..., Any]) -> None:
    add("ann@example.org", name="</script><script>alert(1)</script><img src=x onerror=alert(1)>")

    for path in ("/users", ANN):
        page = browse(client, path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_what_was_asked_is_shown_as_text_and_never_run(client: APIClient) -> None:
    for path in (
        "/<script>alert(1)</script>",
        "/users/<script>alert(1)</script>",
        "/users?<script>alert(1)</script>=1",
    ):
        assert "<script>alert" not in browse(client, path).content.decode()


@pytest.mark.parametrize("path", ["/", "/users", ANN, "/nothing", "/docs"])
def test_a_page_loads_nothing_from_another_host(client: APIClient, ann: dict[str, Any], path: str) -> None:
    addresses = Loads(browse(client, path).content.decode()).addresses

    assert len(addresses) >= 3
    assert [address for address in addresses if not re.match("/[^/]", address)] == []


def test_all_that_the_pages_load_is_there(server: Service) -> None:
    with requests.Session() as session:

        def load(address: str) -> requests.Response:
            answer = session.get(urljoin(server.url, address), headers={"Accept": BROWSER}, timeout=10)
            assert answer.status_code == 200, address
            return answer

        pages = [load(path).text for path in ("/", "/users", "/docs")]
        assets = {address for page in pages for address in Loads(page).addresses}
        for address in assets:
            answer = load(address)
            if answer.headers["Content-Type"].startswith("text/css"):
                for inner in urls_in_css(answer.text):
                    load(urljoin(answer.url, inner))


def urls_in_css(text: str) -> Iterator[str]:
    """Where a style sheet loads from, but for what it holds itself. None of it is another host."""
    for match in _URL_IN_CSS.finditer(text):
        address = match[1] or match[2]
        if not address.startswith("data:"):
            assert not re.match(r"(\w+:)?//", address), address
            yield address


def test_the_docs_show_the_schema_of_this_service(client: APIClient) -> None:
    page = browse(client, "/docs")
    script = client.get("/docs?script=")

    assert page["Content-Type"].startswith("text/html")
    assert "/docs?script=" in Loads(page.content.decode()).addresses
    assert 'url: "/schema"' in script.content.decode()


def test_the_schema_is_openapi_3_1_and_names_every_path(client: APIClient) -> None:
    schema = client.get("/schema?format=json").json()

    assert schema["openapi"].startswith("3.1.")
    assert schema["paths"].keys() == {
        "/health",
        "/health/live",
        "/me",
        "/tokens",
        "/tokens/{token_id}",
        "/users",
        "/users/availability",
        "/users/availability/query",
        "/users/{email}",
        "/users/{email}/availability",
        "/users/{email}/busy",
        "/users/{email}/calendars",
        "/users/{email}/calendars/{name}",
        "/users/{email}/calendars/{name}/refresh",
        "/users/{email}/overrides",
        "/users/{email}/overrides/{date}",
        "/users/{email}/sharing",
    }
    assert client.get("/schema", HTTP_ACCEPT="application/json").json() == schema
    assert client.get("/schema").status_code == 200
