"""The heat map as a page and as a picture."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.servers import System

ANN, BOB = "ann@example.org", "bob@example.org"
QUESTION = f"attendees={ANN}&attendees={BOB}&timezone=Europe/Berlin&start=2026-11-23&end=2026-11-25"
DARKEST, LIGHTEST = "rgb(8, 29, 88)", "rgb(255, 255, 217)"


@pytest.fixture
def address(system: System, ann: str, bob: str) -> str:
    """The address of the picture of two days."""
    return f"{system.availability}/availability/heatmap?{QUESTION}"


def hour(page: Page, label: str) -> Locator:
    """The hour whose label begins so."""
    return page.locator(f'.heat a[aria-label^="{label}"]')


def test_an_hour_tells_who_is_free_when_the_pointer_or_the_focus_is_on_it(address: str, open_page: Open) -> None:
    page = open_page(address)
    told = page.locator("#told")

    hour(page, "Mon 23 Nov 09:00").hover()
    expect(told).to_contain_text("Mon 23 Nov 09:00 to 10:00: 1 of 2 free")
    expect(told).to_contain_text(f"Free (1) {ANN}")
    expect(told).to_contain_text(f"Not free (1) {BOB}")

    hour(page, "Mon 23 Nov 09:00").focus()
    page.keyboard.press("ArrowDown")
    expect(told).to_contain_text(f"Free (2) {ANN}, {BOB}")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("Tue 24 Nov 10:00 to 11:00: 0 of 2 free")
    expect(page.locator('.heat a[tabindex="0"]')).to_have_count(1)


def test_without_a_script_an_hour_leads_to_who_is_free(address: str, open_page: Open) -> None:
    page = open_page(address, java_script_enabled=False)

    hour(page, "Mon 23 Nov 10:00").click()

    expect(page.locator("section:target")).to_have_text(f"Free (2) {ANN}, {BOB}")


def test_the_best_hours_are_marked_and_listed(address: str, open_page: Open) -> None:
    page = open_page(address)

    expect(page.locator(".heat a.best")).to_have_count(2)
    expect(page.locator("ul.best li")).to_have_text(
        ["Mon 23 Nov 10:00 to 11:00: 2 of 2 free", "Mon 23 Nov 11:00 to 12:00: 2 of 2 free"]
    )
    expect(page.locator(".heat a.enough")).to_have_count(2)


def test_the_form_changes_window_zone_and_quorum(address: str, open_page: Open) -> None:
    page = open_page(address)
    page.locator("#form0 [name=min_attendees]").fill("1")
    page.locator("#form0 [name=end]").fill("2026-11-24")
    page.locator("#form0 [name=timezone]").fill("Asia/Kathmandu")
    page.get_by_role("button", name="Ask").click()

    expect(page.get_by_text("by the clock of Asia/Kathmandu")).to_be_visible()
    expect(page.locator(".heat a")).to_have_count(24)
    expect(page.locator(".heat a.enough")).to_have_count(4)
    expect(hour(page, "Mon 23 Nov 13:00")).to_have_attribute(
        "aria-label", "Mon 23 Nov 13:00 to 14:00: 0 of 2 free, 1 for a part of it"
    )


@pytest.mark.parametrize(("scheme", "colour"), [("light", DARKEST), ("dark", LIGHTEST)])
def test_the_picture_has_its_colours_wherever_it_stands(
    address: str, open_page: Open, scheme: str, colour: str
) -> None:
    page = open_page(address, color_scheme=scheme)
    alone = open_page(f"{address}&format=svg", color_scheme=scheme)

    for shown in (page.locator(".heat a.best rect"), alone.locator("g.best.h9 rect")):
        assert shown.first.evaluate("rectangle => getComputedStyle(rectangle).fill") == colour


def test_the_picture_stands_in_a_page_of_its_host(address: str, system: System, open_page: Open) -> None:
    page = open_page(system.availability)
    width = page.evaluate(
        """async address => {
            const image = Object.assign(new Image(), {src: address})
            document.querySelector("main").append(image)
            await image.decode()
            return image.naturalWidth
        }""",
        address,
    )

    assert width == 392
