"""Without credentials, every route of every service is closed, but for those that the contract names (section 13)."""

from typing import Any

import pytest
import requests

from compose.run import SERVICES
from tests.access.conftest import bear
from tests.support.pages import BROWSER
from tests.support.problems import CONTENT_TYPE
from tests.support.routes import Route, routes_of
from tests.support.servers import Service

OPEN = {"/", "/health", "/health/live", "/metrics", "/docs", "/schema", "/login", "/login/callback", "/login/provider"}
PAGES = {"/logout", "/week", "/find", "/heatmap"}


def is_page(route: Route) -> bool:
    """Whether it is a page for people, which leads to the login."""
    return route.path in PAGES or route.path.startswith("/week/")


@pytest.mark.parametrize("service", SERVICES)
def test_a_call_without_credentials_is_refused_unless_it_is_listed_as_open(
    service: str, system: dict[str, Service]
) -> None:
    routes = [route for route in routes_of(service) if route.path not in OPEN]
    assert any(not is_page(route) for route in routes)

    for route in routes:
        answer = requests.request(
            route.method, system[service].url + route.path, data=b"{", timeout=10, allow_redirects=False
        )
        if is_page(route):
            assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) in {
                (302, "/login"),
                (403, ""),
                (405, ""),
            }, (route, answer.text)
            continue
        assert answer.status_code == 401, (route, answer.text)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="w2meet"', route
        assert route.method == "HEAD" or answer.headers["Content-Type"] == CONTENT_TYPE, route


@pytest.mark.parametrize("service", SERVICES)
def test_a_call_with_a_token_that_nobody_has_is_refused_in_the_same_way(
    service: str, system: dict[str, Service]
) -> None:
    token = f"w2m_{'0' * 36}"
    for route in routes_of(service):
        if route.path in OPEN or is_page(route):
            continue
        answer = requests.request(
            route.method,
            system[service].url + route.path,
            data=b"{",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        assert answer.status_code == 401, (route, answer.text)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="w2meet", error="invalid_token"', route


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_open_needs_no_credentials_and_minds_no_bad_ones(service: str, system: dict[str, Service]) -> None:
    for path in sorted((OPEN & {route.path for route in routes_of(service)}) - {"/login/callback", "/login/provider"}):
        for headers in ({}, {"Authorization": "Bearer nonsense"}):
            answer = requests.get(system[service].url + path, headers=headers, timeout=10, allow_redirects=False)
            assert answer.status_code < 400, (path, answer.text)


@pytest.mark.parametrize("service", SERVICES)
def test_a_browser_that_may_do_all_gets_a_page_of_every_route(
    service: str, system: dict[str, Service], ann: str, root: str
) -> None:
    bodies: list[dict[str, Any]] = [{"json": {}}, {"files": {"name": (None, "Ann")}}]
    for method, path in routes_of(service):
        if path == "/login/provider":
            continue  # there is none, which is nobody's fault
        for body in bodies:
            answer = requests.request(
                method,
                system[service].url + path,
                headers=bear(root) | {"Accept": BROWSER, "Sec-Fetch-Site": "same-origin"},
                timeout=10,
                allow_redirects=False,
                **body,
            )
            assert answer.status_code < 500, (method, path, answer.text)
