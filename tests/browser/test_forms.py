"""The forms of the pages, with and without a script."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.servers import System

NEW = "eve@example.org"
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def users(system: System) -> Iterator[str]:
    """The address of the users; Eve is none of them, before and after."""
    address = f"{system.users}/users"
    yield address
    requests.delete(f"{address}/{NEW}", timeout=5)


def field(page: Page, name: str, form: int = 0) -> Locator:
    """A field of one of the page's forms."""
    return page.locator(f"#form{form} [name={name}]")


def fill_in(page: Page, **texts: str) -> None:
    """Opens the form that makes a user, and fills it in."""
    page.get_by_text("POST Creates a user").click()
    for name, text in texts.items():
        field(page, name, 1).fill(text)


@SCRIPT
def test_a_user_is_made_and_shown(users: str, open_page: Open, script: bool) -> None:
    page = open_page(users, java_script_enabled=script)
    fill_in(page, email=NEW, name="Eve <b>", timezone="Asia/Kathmandu")

    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Eve <b>")).to_be_visible()

    assert page.url == f"{users}/{NEW}#saved"
    kind = "application/json" if script else "application/x-www-form-urlencoded"
    assert sent.value.headers["content-type"] == kind
    found = requests.get(f"{users}/{NEW}", timeout=5).json()
    assert (found["name"], found["timezone"]) == ("Eve <b>", "Asia/Kathmandu")


@SCRIPT
def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(users: str, open_page: Open, script: bool) -> None:
    page = open_page(users, java_script_enabled=script)
    fill_in(page, email=NEW, name="Eve", timezone="Asia/Kathmanduh", availability='{"intervals": []')
    page.get_by_role("button", name="Send").click()

    zone = field(page, "timezone", 1)
    expect(zone).to_have_attribute("aria-invalid", "true")
    expect(zone).to_have_accessible_description(re.compile("Did you mean 'Asia/Kathmandu'"))
    expect(zone).to_have_value("Asia/Kathmanduh")
    expect(field(page, "name", 1)).to_have_value("Eve")
    expect(field(page, "availability", 1)).to_have_value('{"intervals": []')
    assert requests.get(f"{users}/{NEW}", timeout=5).status_code == 404


@SCRIPT
def test_a_name_is_changed(system: System, ann: str, open_page: Open, script: bool) -> None:
    page = open_page(system.users + ann, java_script_enabled=script)
    field(page, "name").fill("Anna")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anna")
    assert requests.get(system.users + ann, timeout=5).json()["name"] == "Anna"


@SCRIPT
def test_a_user_is_deleted_on_purpose_only(system: System, ann: str, open_page: Open, script: bool) -> None:
    page = open_page(system.users + ann, java_script_enabled=script)
    button = page.get_by_role("button", name="Delete for good")
    expect(button).to_be_hidden()

    page.get_by_text("DELETE Removes a user").click()
    button.click()

    expect(page.get_by_text("Deleted.") if script else page.get_by_role("heading", name="Users")).to_be_visible()
    assert requests.get(system.users + ann, timeout=5).status_code == 404


def test_a_service_that_does_not_answer_is_told_and_nothing_typed_is_lost(users: str, open_page: Open) -> None:
    page = open_page(users)
    fill_in(page, email=NEW, name="Eve")
    page.route("**/users", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("alert")).to_contain_text("The service did not answer.")
    expect(field(page, "email", 1)).to_have_value(NEW)


@SCRIPT
def test_a_question_is_asked_with_what_was_filled_in_alone(
    system: System, ann: str, bob: str, open_page: Open, script: bool
) -> None:
    page = open_page(f"{system.availability}/availability/common", java_script_enabled=script)
    field(page, "attendees").fill(f"{ann.removeprefix('/users/')}, {bob}\n")
    field(page, "timezone").fill("Europe/Berlin")
    page.get_by_role("button", name="Ask").click()

    expect(page.get_by_role("table")).to_contain_text("10:00")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(field(page, "attendees")).to_have_value(f"{ann.removeprefix('/users/')}\n{bob}")
    if script:
        query = "attendees=ann@example.org&attendees=bob@example.org&timezone=Europe/Berlin"
        assert page.url == f"{system.availability}/availability/common?{query}"


@SCRIPT
def test_a_question_too_long_for_an_address_is_asked_as_a_body(
    system: System, ann: str, bob: str, open_page: Open, script: bool
) -> None:
    page = open_page(f"{system.suggestions}/suggestions", java_script_enabled=script)
    page.get_by_text("POST When up to 10,000").click()
    field(page, "attendees", 1).fill(f"{ann.removeprefix('/users/')}\n{bob}")
    field(page, "limit", 1).fill("2")
    field(page, "names", 1).select_option("true")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("row")).to_have_count(3)
    expect(field(page, "limit", 1)).to_have_value("2")
