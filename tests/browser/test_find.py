"""Find a time, in a browser."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import ZONE, Open
from tests.support import calendar_reader, people
from tests.support.servers import System

ANN, BOB = "ann@example.org", "bob@example.org"
WEEK = "start=2030-01-07&end=2030-01-14&timezone=Europe/Berlin"
BOTH = "Mon 7 Jan, 10:00 to 11:00"
COUNT_LINES = """cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map(({ top }) => top)).size;
}"""
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def address(system: System, ann: str, bob: str) -> str:
    """The address of the page, with Ann and Bob there to be asked about."""
    return f"{system.suggestions}/find"


def first_suggestion(page: Page) -> Locator:
    """When the first suggestion is."""
    return page.locator(".meetings tbody th > span").first


def tab_to(page: Page, name: str) -> None:
    """Presses the tabulator until the focus is on what has that name or label."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if name in page.evaluate("['name', 'aria-label'].map(name => document.activeElement.getAttribute(name))"):
            return
    pytest.fail(f"The keyboard does not reach {name}.")


def test_a_time_is_found_on_a_phone_and_taken_into_a_calendar(address: str, open_page: Open) -> None:
    page = open_page(address, **PHONE)
    page.get_by_label("Who must come").fill(f"Ann Albers <{ANN}>;\n{BOB}")
    page.get_by_label("From").fill("2030-01-07")
    page.get_by_label("To (included)").fill("2030-01-13")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Find a time").tap()

    expect(first_suggestion(page)).to_have_text(BOTH)
    expect(first_suggestion(page)).to_be_in_viewport()
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to my calendar").first.tap()
    (event,) = calendar_reader.read(Path(download.value.path()).read_bytes().decode()).vevent_list
    assert event.dtstart.value.isoformat() == "2030-01-07T10:00:00+01:00"


@pytest.mark.parametrize("width", [960, 1200, 1280])
def test_when_and_how_many_stand_in_one_line_however_many_are_missing(
    address: str, system: System, open_page: Open, width: int
) -> None:
    missing = [people.store(system.users, f"{letter * 20}-of-the-committee") for letter in "cdef"]
    question = urlencode({"attendees": [ANN, *missing], "min_attendees": 1}, doseq=True)
    page = open_page(f"{address}?{question}&{WEEK}", viewport={"width": width, "height": 900}, timezone_id=ZONE)
    for email in missing:
        requests.delete(f"{system.users}/users/{email}", timeout=5)

    assert page.locator(".meetings td", has_text=missing[-1]).first.evaluate("cell => cell.clientWidth") > 150
    for cell in page.locator(".meetings tbody tr > :nth-child(-n+2)").all():
        assert cell.evaluate(COUNT_LINES) == 1


def test_the_question_stands_in_the_address_and_the_form_keeps_it(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?attendees={ANN}&attendees={BOB}&duration=90&{WEEK}")
    expect(first_suggestion(page)).to_have_text("Mon 7 Jan, 10:00 to 11:30")

    page.get_by_label("How long").fill("60")
    page.get_by_label("How many must come").fill("1")
    page.get_by_role("button", name="Find a time").click()

    expect(page.locator(".meetings tbody tr")).to_have_count(5)
    assert parse_qs(urlsplit(page.url).query) == {
        "attendees": [ANN, BOB],
        "min_attendees": ["1"],
        "start": ["2030-01-07"],
        "end": ["2030-01-14"],
        "timezone": ["Europe/Berlin"],
        "duration": ["60"],
        "prefer": ["best"],
        "align": ["15"],
        "limit": ["5"],
    }
    expect(page.get_by_label("Who must come")).to_have_value(f"{ANN}\n{BOB}")
    expect(page.get_by_label("To (included)")).to_have_value("2030-01-13")
    page.go_back()
    expect(first_suggestion(page)).to_have_text("Mon 7 Jan, 10:00 to 11:30")


def test_the_keyboard_alone_suffices(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?{WEEK}")
    tab_to(page, "attendees")
    page.keyboard.type(f"{ANN}, {BOB}")
    tab_to(page, "duration")
    page.keyboard.type("30")
    page.keyboard.press("Enter")

    expect(first_suggestion(page)).to_have_text("Mon 7 Jan, 10:00 to 10:30")
    tab_to(page, "Add to my calendar: Mon 7 Jan, 10:00")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "suggestions.ics"


def test_no_script_is_needed(address: str, open_page: Open) -> None:
    page = open_page(address, java_script_enabled=False)
    expect(page.get_by_label("Time zone")).to_have_value("UTC")
    page.get_by_label("Who must come").fill(f"{ANN} {BOB}")
    page.get_by_label("From").fill("2030-01-07")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Find a time").click()

    expect(first_suggestion(page)).to_have_text(BOTH)
    expect(page.get_by_text("All times are by the clock in Europe/Berlin.")).to_be_visible()


def test_times_are_those_of_the_browser_unless_the_address_says_otherwise(address: str, open_page: Open) -> None:
    own = {"timezone_id": "America/New_York"}

    expect(open_page(address, **own).get_by_label("Time zone")).to_have_value("America/New_York")

    question = f"attendees={ANN}&attendees={BOB}&start=2030-01-07&end=2030-01-14"
    page = open_page(f"{address}?{question}", **own)
    expect(first_suggestion(page)).to_have_text("Mon 7 Jan, 04:00 to 05:00")
    assert parse_qs(urlsplit(page.url).query)["timezone"] == ["America/New_York"]

    page = open_page(f"{address}?{question}&timezone=Europe/Berlin", **own)
    expect(first_suggestion(page)).to_have_text(BOTH)
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("America/New_York", "04:00", "05:00"),
        ("Pacific/Auckland", "22:00", "23:00"),
        ("Asia/Kathmandu", "14:45", "15:45"),
    ],
)
def test_who_opens_a_question_of_another_zone_reads_both_clocks(
    address: str, open_page: Open, zone: str, start: str, end: str
) -> None:
    page = open_page(f"{address}?attendees={ANN}&attendees={BOB}&{WEEK}&limit=1", timezone_id=zone)

    expect(first_suggestion(page)).to_have_text(BOTH)
    expect(page.locator(".meetings .help")).to_have_text(re.compile(rf"^Mon 7 Jan, {start}\W+{end} on your clock$"))


def test_who_has_the_same_clock_reads_one(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?attendees={ANN}&attendees={BOB}&{WEEK}&limit=1", timezone_id="Europe/Vienna")

    expect(first_suggestion(page)).to_have_text(BOTH)
    expect(page.locator(".meetings .help")).to_have_count(0)


def test_the_focus_is_on_what_is_wrong_and_what_was_typed_stays(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?{WEEK}")
    page.get_by_label("Who must come").fill(f"{ANN}, bob")
    page.get_by_label("How long").fill("90")
    page.get_by_role("button", name="Find a time").click()

    wrong = page.get_by_label("Who must come")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value(f"{ANN}, bob")
    expect(wrong).to_have_accessible_description(
        "Email addresses, with commas, spaces or new lines between them. “bob” is not an email address."
    )
    expect(page.get_by_label("How long")).to_have_value("90")


@pytest.mark.parametrize(
    "question",
    [
        "",
        f"attendees={ANN}&attendees={BOB}&min_attendees=1&{WEEK}",
        f"attendees={ANN}&attendees={BOB}&duration=240&{WEEK}",
        f"attendees={ANN}&start=2030-01-08&end=2030-01-09&timezone=Europe/Berlin",
        f"attendees={ANN}&attendees=somebody.with.quite.a.long.name{'x' * 60}@example.org&{WEEK}",
        f"attendees=bob&last_day=2020-01-01&duration=0&step=7&{WEEK}",
    ],
    ids=["first visit", "suggestions", "too short", "somebody in the way", "unknown", "wrong"],
)
def test_the_page_is_for_everybody_at_any_width_in_light_and_dark(address: str, open_page: Open, question: str) -> None:
    assert_accessible(open_page(f"{address}?{question}", **PHONE))


def test_a_calendar_that_is_not_known_is_told_to_everybody(address: str, system: System, open_page: Open) -> None:
    calendar = f"{system.users}/users/{ANN}/calendars/broken"
    requests.put(calendar, b"BEGIN:VCALENDAR", headers={"Content-Type": "text/calendar"}, timeout=5).raise_for_status()
    question = f"attendees={ANN}&attendees={BOB}&{WEEK}"

    for where in (address, f"{system.availability}/heatmap"):
        page = open_page(f"{where}?{question}", **PHONE)
        expect(page.get_by_text(f"A calendar of {ANN} has not been read yet.")).to_be_visible()
        assert_accessible(page)
