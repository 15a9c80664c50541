"""What holds for every page of the three services."""

from collections.abc import Iterator

import pytest

from tests.browser.accessibility import assert_accessible
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
    ("user-service", "/week/ann@example.org"),
    ("user-service", "/week/ann@example.org/calendars"),
    ("user-service", "/week/ann@example.org/dates"),
    ("user-service", "/docs"),
    ("availability-service", "/"),
    ("availability-service", f"/availability/common?{GROUP}&min_attendees=1"),
    ("availability-service", "/availability/common"),
    ("availability-service", f"/availability/heatmap?{GROUP}&format=html"),
    ("availability-service", f"/availability/heatmap?{GROUP}&start=2026-11-23&end=2026-11-24"),
    ("suggestion-service", "/"),
    ("suggestion-service", f"/suggestions?{GROUP}&prefer=best"),
    ("suggestion-service", "/health"),
    ("suggestion-service", "/nothing"),
]
# Swagger UI's own markup is not ours to mend.
OURS = {"exclude": [["#swagger-ui"]]}
SERIOUS = {"serious", "critical"}


@pytest.mark.parametrize(("service", "path"), PAGES)
def test_a_page_is_for_everybody_at_any_width_in_light_and_dark(
    system: System, ann: str, bob: str, open_page: Open, service: str, path: str
) -> None:
    page = open_page(system.urls[service] + path)
    if path == "/docs":
        page.locator(".opblock").first.wait_for()

    assert_accessible(page, SERIOUS, OURS)


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
    assert_accessible(page, SERIOUS)
