"""What a browser gets: pages that work without any other host."""

import re
from urllib.parse import urljoin

import pytest
import requests

from tests.support.servers import System

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = [
    ("user-service", "/", 200),
    ("user-service", "/docs", 200),
    ("user-service", "/health", 200),
    ("user-service", "/users", 200),
    ("user-service", "/users/nobody@example.org", 404),
    ("availability-service", "/docs", 200),
    ("availability-service", "/availability/common", 200),
    ("suggestion-service", "/docs", 200),
    ("suggestion-service", "/suggestions?attendees=nobody@example.org", 404),
    ("suggestion-service", "/no/such/page", 404),
]


@pytest.mark.parametrize(("service", "path", "status"), PAGES)
def test_a_page_loads_everything_from_its_own_service(service: str, path: str, status: int, system: System) -> None:
    url = system.urls[service] + path
    page = requests.get(url, headers=BROWSER, timeout=5)

    assert page.status_code == status
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    loaded = re.findall(r"<(?:link|script|img)\b[^>]*?(?:href|src)=\"([^\"]+)\"", page.text)
    assert loaded
    for reference in loaded:
        found = urljoin(url, reference)
        assert found.startswith((f"{system.urls[service]}/static/", f"{system.urls[service]}/docs?script"))
        assert requests.get(found, timeout=5).status_code == 200, found


def test_a_problem_is_shown_with_the_content_type_that_programs_get(system: System) -> None:
    url = f"{system.users}/users/nobody@example.org"
    page = requests.get(url, headers=BROWSER, timeout=5)

    assert requests.get(url, timeout=5).headers["Content-Type"] == "application/problem+json"
    assert "application/problem+json" in page.text
