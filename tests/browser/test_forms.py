"""The forms of REST framework's browsable API."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.support.servers import System

NEW = "eve@example.org"


@pytest.fixture
def users(system: System) -> Iterator[str]:
    """The address of the users; Eve is none of them, before and after."""
    address = f"{system.users}/users"
    yield address
    requests.delete(f"{address}/{NEW}", timeout=5)


def test_a_user_is_made_with_the_html_form(users: str, open_page: Open) -> None:
    page = open_page(f"{users}?limit=5")
    form = page.locator("#post-object-form")
    form.get_by_label("Email").fill(NEW)
    form.get_by_label("Name").fill("Eve <b>")
    form.get_by_role("button", name="POST").click()

    expect(page.get_by_text("HTTP 201 Created")).to_be_visible()
    assert requests.get(f"{users}/{NEW}", timeout=5).json()["name"] == "Eve <b>"


def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(users: str, open_page: Open) -> None:
    page = open_page(users)
    form = page.locator("#post-object-form")
    form.get_by_label("Email").fill(NEW)
    form.get_by_label("Timezone").fill("Asia/Kathmanduh")
    form.get_by_role("button", name="POST").click()

    expect(page.get_by_text("HTTP 400 Bad Request")).to_be_visible()
    expect(form.get_by_label("Timezone")).to_have_value("Asia/Kathmanduh")
    expect(form.locator(".has-error", has_text="Timezone")).to_contain_text("Did you mean 'Asia/Kathmandu'")
    assert requests.get(f"{users}/{NEW}", timeout=5).status_code == 404


def test_a_user_is_made_with_raw_data(users: str, open_page: Open) -> None:
    page = open_page(users)
    page.get_by_role("link", name="Raw data").click()
    form = page.locator("#post-generic-content-form")
    form.get_by_label("Content:").fill(f'{{"email": "{NEW}", "name": "Eve"}}')
    form.get_by_role("button", name="POST").click()

    expect(page.get_by_text("HTTP 201 Created")).to_be_visible()
    assert requests.get(f"{users}/{NEW}", timeout=5).status_code == 200


def test_a_week_is_replaced_with_raw_data(system: System, ann: str, open_page: Open) -> None:
    page = open_page(f"{system.users}{ann}/availability")
    content = page.get_by_label("Content:")
    expect(content).to_have_value(re.compile('"day": "monday"'))
    content.fill('{"intervals": [{"day": "friday", "start": "10:00", "end": "11:00"}]}')
    page.get_by_role("button", name="PUT").click()

    expect(page.locator(".response-info")).to_contain_text('"day": "friday"')
    week = requests.get(f"{system.users}{ann}/availability", timeout=5).json()
    assert week["intervals"] == [{"day": "friday", "start": "10:00", "end": "11:00"}]


def test_a_name_is_changed_with_raw_data(system: System, ann: str, open_page: Open) -> None:
    page = open_page(system.users + ann)
    page.get_by_label("Content:").fill('{"name": "Anna"}')
    page.get_by_role("button", name="PATCH").click()

    expect(page.locator(".response-info")).to_contain_text('"name": "Anna"')
    assert requests.get(system.users + ann, timeout=5).json()["name"] == "Anna"


def test_a_user_is_deleted_on_purpose_only(system: System, ann: str, open_page: Open) -> None:
    page = open_page(system.users + ann)
    page.get_by_role("button", name="DELETE", exact=True).click()
    expect(page.get_by_text("Are you sure you want to delete this User?")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".modal-backdrop")).to_have_count(0)
    assert requests.get(system.users + ann, timeout=5).status_code == 200

    page.get_by_role("button", name="DELETE", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()

    expect(page.get_by_text("HTTP 204 No Content")).to_be_visible()
    assert requests.get(system.users + ann, timeout=5).status_code == 404


def test_options_are_shown(system: System, ann: str, open_page: Open) -> None:
    page = open_page(f"{system.users}/users?limit=5")
    page.get_by_role("button", name="OPTIONS").click()

    expect(page.locator(".response-info")).to_contain_text('"parses"')


def test_a_question_is_asked_with_what_was_filled_in_alone(system: System, ann: str, bob: str, open_page: Open) -> None:
    page = open_page(f"{system.availability}/availability/common")
    expect(page.get_by_text("Nothing has been asked yet.")).to_be_visible()
    form = page.locator("form", has=page.get_by_role("button", name="Ask"))
    form.get_by_label("Attendees (one a line)", exact=True).fill(f"{ann.removeprefix('/users/')}\n{bob}\n")
    form.get_by_label("Timezone").fill("Europe/Berlin")
    form.get_by_role("button", name="Ask").click()

    expect(page.locator(".response-info")).to_contain_text("T10:00:00+01:00")
    query = "attendees=ann@example.org&attendees=bob@example.org&timezone=Europe/Berlin"
    assert page.url == f"{system.availability}/availability/common?{query}"
    page.get_by_text("Parameters").click()
    expect(form.get_by_label("Timezone")).to_have_value("Europe/Berlin")
    expect(form.get_by_label("Min attendees")).to_have_value("")


@pytest.mark.parametrize("width", [390, 1280])
def test_an_answer_is_in_sight_and_the_form_is_where_something_has_to_be_filled_in(
    system: System, ann: str, open_page: Open, width: int
) -> None:
    address = f"{system.suggestions}/suggestions"
    page = open_page(f"{address}?attendees={ann.removeprefix('/users/')}", viewport={"width": width, "height": 844})
    zone = page.get_by_label("Timezone").first
    expect(page.get_by_text("HTTP 200 OK")).to_be_in_viewport()
    expect(zone).to_be_hidden()
    page.get_by_text("Parameters").click()
    zone.fill("Europe/Berlyn")
    page.get_by_role("button", name="Ask").click()

    expect(page.locator(".has-error", has=zone)).to_contain_text("Did you mean 'Europe/Berlin'")
    expect(zone).to_have_value("Europe/Berlyn")


def test_a_format_is_chosen(system: System, ann: str, open_page: Open) -> None:
    page = open_page(f"{system.users}{ann}")
    page.get_by_role("button", name="Formats").click()
    page.get_by_role("link", name="json", exact=True).click()

    assert page.url == f"{system.users}{ann}?format=json"
