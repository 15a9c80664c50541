"""The pages of My week for dates that differ and for calendars."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import ZONE, Open
from tests.browser.test_my_week import PHONE
from tests.support.servers import System, eventually

TOO_LARGE = 3 * 1024 * 1024  # bytes
SUMMER = date.today() + timedelta(days=200)  # noqa: DTZ011  what matters is that it lies ahead
FILE = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTART:20300107T090000Z
RRULE:FREQ=YEARLY;UNTIL=20400101T000000Z
DURATION:PT1H
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def week(system: System, ann: str) -> str:
    """The address of Ann's week."""
    return system.users + ann.replace("/users/", "/week/")


def told(system: System, ann: str, what: str) -> Any:
    """What the API says of Ann's dates or calendars."""
    return requests.get(f"{system.users}{ann}/{what}", timeout=5).json()[what]


def wait_until_read(system: System, ann: str, state: str) -> None:
    """The reader has come to a calendar of Ann's, with this outcome."""
    eventually(
        lambda: state in [each["state"] for each in told(system, ann, "calendars")], f"a calendar that is {state}"
    )


def expect_saved(page: Page) -> None:
    """What was sent has been done, and the page says so."""
    expect(page.locator("#saved")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_holiday_takes_a_few_taps_on_a_phone(
    system: System, ann: str, week: str, open_page: Open, has_script: bool
) -> None:
    page = open_page(week, java_script_enabled=has_script, **PHONE)
    page.get_by_role("link", name="Dates", exact=True).tap()
    page.get_by_label("From", exact=True).fill(SUMMER.isoformat())
    page.get_by_label("To, included").fill((SUMMER + timedelta(days=20)).isoformat())
    page.get_by_role("button", name="Save").tap()

    expect_saved(page)
    expect(page.get_by_role("listitem").filter(has_text="(21 days)")).to_contain_text("Away all day")
    assert [each["intervals"] for each in told(system, ann, "overrides")] == [[]] * 21
    page.get_by_role("button", name=re.compile("^Remove")).tap()

    expect(page.get_by_text("Every date is as in your week.")).to_be_visible()
    assert told(system, ann, "overrides") == []


def test_the_dates_are_for_everybody_with_a_fault_and_without(
    system: System, ann: str, week: str, open_page: Open
) -> None:
    body = {"from": "2020-12-24", "to": "2020-12-26", "intervals": []}
    requests.post(f"{system.users}{ann}/overrides", json=body, timeout=5)
    page = open_page(f"{week}/dates")
    page.get_by_label("From", exact=True).fill(SUMMER.isoformat())
    page.get_by_label("Free at these times").check()
    page.get_by_label("Times", exact=True).fill("9-12 and 14:00 to 15:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Free 09:00 to 12:00, 14:00 to 15:30")).to_be_visible()
    expect(page.get_by_text(ZONE)).to_be_visible()
    page.get_by_text("Dates that are over").click()
    assert_accessible(page)

    page.get_by_label("From", exact=True).fill(SUMMER.isoformat())
    page.get_by_label("Free at these times").check()
    page.get_by_label("Times", exact=True).fill("soon")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_label("Times", exact=True)).to_have_accessible_description(re.compile("no stretch of time"))
    expect(page.get_by_label("Times", exact=True)).to_be_focused()
    expect(page.get_by_label("Times", exact=True)).to_have_value("soon")
    assert_accessible(page)


def test_a_calendar_file_is_uploaded_read_and_removed_by_who_is_sure(
    system: System, ann: str, week: str, open_page: Open, tmp_path: Path
) -> None:
    file = tmp_path / "my.ics"
    file.write_bytes(FILE)
    page = open_page(week, **PHONE)
    page.get_by_role("link", name="Calendars", exact=True).tap()
    page.get_by_text("A calendar file", exact=True).tap()
    page.locator("#upload_name").fill("Old file")
    page.locator("#upload_file").set_input_files(file)
    page.get_by_role("button", name="Add", exact=True).tap()
    expect_saved(page)

    wait_until_read(system, ann, "ok")
    page.get_by_role("link", name="look again").tap()
    expect(page.get_by_text("Read as it was uploaded.")).to_be_visible()
    page.get_by_label("Remove Old file", exact=True).tap()
    expect(page.get_by_text("Its busy time goes with it.")).to_be_visible()
    assert [each["name"] for each in told(system, ann, "calendars")] == ["Old file"]
    page.get_by_role("button", name="Yes, remove Old file").tap()

    expect(page.get_by_text("You have no calendar here yet.")).to_be_visible()
    assert told(system, ann, "calendars") == []


def test_the_calendars_are_for_everybody_with_a_fault_and_without(
    system: System, ann: str, week: str, open_page: Open
) -> None:
    calendars = f"{system.users}{ann}/calendars"
    for name, body in (
        ("Robot", {"kind": "busy", "intervals": []}),
        ("Work", {"kind": "feed", "url": "https://127.0.0.1/private"}),
    ):
        assert requests.put(f"{calendars}/{name}", json=body, timeout=5).ok
    page = open_page(f"{week}/calendars")
    wait_until_read(system, ann, "refused")
    page.reload()
    expect(page.get_by_text("Refused, and not tried again unless you ask for it.")).to_be_visible()
    page.get_by_label("Remove Work", exact=True).click()
    for summary in page.locator("details[name=add] summary").all():
        summary.click()
        assert_accessible(page)

    page.locator("details[name=add] summary").first.click()
    page.locator("#feed_name").fill("Work")
    page.locator("#feed_url").fill("https://calendar.example.org/private")
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.locator("#feed_name")).to_have_accessible_description(re.compile("There is already a calendar Work."))
    expect(page.get_by_label("Replace the one that has this name")).to_be_visible()
    assert_accessible(page)


def test_a_file_that_is_too_large_is_told_on_a_page(week: str, open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "my.ics"
    file.write_bytes(FILE.ljust(TOO_LARGE))
    page = open_page(f"{week}/calendars")
    page.get_by_text("A calendar file", exact=True).click()
    page.locator("#upload_name").fill("Old file")
    page.locator("#upload_file").set_input_files(file)
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("A body may hold at most 2097152 bytes.")
    assert_accessible(page)
