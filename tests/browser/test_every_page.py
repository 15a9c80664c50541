"""What holds for every page of the three services."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.support.servers import HOST, Service, System, free_port

GROUP = "attendees=ann@example.org&attendees=bob@example.org"
PAGES = [
    ("user-service", "/"),
    ("user-service", "/users"),
    ("user-service", "/users/ann@example.org"),
    ("user-service", "/users/ann@example.org/availability"),
    ("user-service", "/users/availability?email=ann@example.org"),
    ("user-service", "/users/nobody@example.org"),
    ("user-service", "/docs"),
    ("availability-service", "/"),
    ("availability-service", f"/availability/common?{GROUP}&min_attendees=1"),
    ("availability-service", "/availability/common"),
    ("availability-service", f"/heatmap?{GROUP}"),
    ("availability-service", f"/availability/heatmap?{GROUP}"),
    ("availability-service", f"/availability/heatmap?{GROUP}&format=api"),
    ("availability-service", f"/availability/heatmap?{GROUP}&format=svg"),
    ("availability-service", "/docs"),
    ("suggestion-service", "/"),
    ("suggestion-service", f"/suggestions?{GROUP}&prefer=best"),
    ("suggestion-service", "/health"),
    ("suggestion-service", "/nothing"),
    ("suggestion-service", "/docs"),
]
# Swagger UI's own markup is not ours to mend.
AXE = {"exclude": [["#swagger-ui"]]}
SERIOUS = {"serious", "critical"}


@pytest.mark.parametrize(("service", "path"), PAGES)
def test_a_page_is_for_everybody_at_any_width_in_light_and_dark(
    system: System, ann: str, bob: str, open_page: Open, service: str, path: str
) -> None:
    page = open_page(system.urls[service] + path)
    if path == "/docs":
        page.locator(".opblock").first.wait_for()

    check(page, 1200, "light")
    check(page, 400, "dark")


def check(page: Page, width: int, scheme: str) -> None:
    """No serious fault that axe finds, and nothing beyond the edge of the window."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    found = Axe().run(page, context=AXE, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in SERIOUS] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def lonely() -> Iterator[Service]:
    """An availability-service whose user-service is gone."""
    with Service(
        "availability-service", USER_SERVICE_URL=f"http://{HOST}:{free_port()}", WEB_CONCURRENCY="1"
    ) as running:
        yield running


def test_a_service_below_that_is_gone_is_told_on_a_page(lonely: Service, system: System, open_page: Open) -> None:
    system.urls["lonely"] = lonely.url
    page = open_page(f"{lonely.url}/availability/common?{GROUP}")

    assert page.get_by_text("HTTP 503 Service Unavailable").is_visible()
    assert page.locator("textarea[name=attendees]").first.input_value() == "ann@example.org\nbob@example.org\n"
    check(page, 400, "dark")
