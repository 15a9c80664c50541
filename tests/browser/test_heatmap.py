"""The heat map as a page and as a picture."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Open
from tests.support.servers import System

ANN, BOB = "ann@example.org", "bob@example.org"
WHO = f"attendees={ANN}&attendees={BOB}&timezone=Europe/Berlin"
QUESTION = f"{WHO}&start=2026-11-23&end=2026-11-30"
DARKEST, LIGHTEST = "rgb(8, 29, 88)", "rgb(255, 255, 217)"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def address(system: System, ann: str, bob: str) -> str:
    """The address of the map of a week."""
    return f"{system.availability}/heatmap?{QUESTION}"


def hour(page: Page, label: str) -> Locator:
    """The hour whose label begins so."""
    return page.locator(f'table.heat a[aria-label^="{label}"]')


def where(hour: Locator) -> list[float]:
    """Where in the window an hour stands, once nothing scrolls any more."""
    return [float(number) for number in hour.evaluate("hour => Object.values(hour.getBoundingClientRect().toJSON())")]


def is_uncovered(hour: Locator) -> bool:
    """Whether the hour itself is what a finger would touch in each of its corners."""
    return bool(
        hour.evaluate("""hour => {
            const {left, right, top, bottom} = hour.getBoundingClientRect()
            return [left + 1, right - 1].every(x => [top + 1, bottom - 1].every(
                y => document.elementFromPoint(x, y) === hour))
        }""")
    )


def expect_told(page: Page, *texts: str) -> None:
    """What is told beside the map."""
    expect(page.locator("#told > *")).to_have_text(list(texts))


def test_a_click_or_enter_tells_who_is_free_and_moves_nothing(address: str, open_page: Open) -> None:
    page = open_page(address, viewport={"width": 1280, "height": 700})
    clicked, entered = hour(page, "Mon 23 Nov 09:00"), hour(page, "Mon 23 Nov 10:00")
    clicked.scroll_into_view_if_needed()
    before = where(clicked)

    clicked.click()
    expect_told(page, "Mon 23 Nov 09:00 to 10:00", f"1 of 2 free: {ANN}", f"Not free: {BOB}")
    expect(clicked).to_have_attribute("aria-current", "true")
    entered.press("Enter")
    expect_told(page, "Mon 23 Nov 10:00 to 11:00", f"2 of 2 free: {ANN}, {BOB}")

    assert where(clicked) == before
    assert page.url == address
    box, told = page.locator(".weeks").bounding_box(), page.locator(".told").bounding_box()
    assert box is not None
    assert told is not None
    assert box["x"] + box["width"] < told["x"]  # beside it


@pytest.mark.parametrize("width", [390, 400])
@pytest.mark.parametrize("label", ["Mon 23 Nov 00:00", "Mon 23 Nov 10:00", "Sun 29 Nov 23:00"])
def test_a_tap_on_a_phone_tells_it_below_and_neither_moves_nor_hides_the_hour(
    address: str, open_page: Open, width: int, label: str
) -> None:
    page = open_page(address, **PHONE | {"viewport": {"width": width, "height": 844}})
    tapped = hour(page, label)
    # As far down as it can be tapped: right above what is told.
    tapped.evaluate("""hour => scrollBy(0, hour.getBoundingClientRect().bottom
        - document.querySelector('.told').getBoundingClientRect().top)""")
    before = where(tapped)
    assert is_uncovered(tapped)

    # Where a finger comes down: Playwright's own tap would scroll first.
    page.touchscreen.tap(before[0] + 10, before[1] + 10)

    expect(page.locator("#told h2")).to_contain_text(label)
    assert where(tapped) == before
    assert is_uncovered(tapped)
    expect(page.locator("#told")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_hour_is_large_enough_for_a_finger(address: str, open_page: Open) -> None:
    page = open_page(address, **PHONE)

    sizes = page.locator("table.heat a").evaluate_all(
        "hours => hours.map(hour => [hour.offsetWidth, hour.offsetHeight])"
    )

    assert len(sizes) == 168
    assert min(min(size) for size in sizes) >= 24


def test_the_arrow_keys_lead_from_hour_to_hour_through_one_tab_stop(
    system: System, address: str, open_page: Open
) -> None:
    page = open_page(f"{system.availability}/heatmap?{WHO}&start=2026-11-23T10:00:00%2B01:00&end=2026-12-05")
    stops = page.locator('table.heat a[tabindex="0"]')
    expect(stops).to_have_count(1)
    stops.focus()
    expect_told(page, "Mon 23 Nov 10:00 to 11:00", f"2 of 2 free: {ANN}, {BOB}")

    for key, time in [
        ("ArrowUp", "Mon 23 Nov 10:00 to 11:00"),
        ("ArrowDown", "Mon 23 Nov 11:00 to 12:00"),
        ("ArrowRight", "Tue 24 Nov 11:00 to 12:00"),
        ("Home", "Tue 24 Nov 00:00 to 01:00"),
        ("ArrowLeft", "Mon 23 Nov 10:00 to 11:00"),
        ("ArrowLeft", "Mon 23 Nov 10:00 to 11:00"),
        ("End", "Mon 23 Nov 23:00 to 00:00"),
        ("ArrowDown", "Mon 23 Nov 23:00 to 00:00"),
        *(("ArrowRight", f"{day} 23:00 to 00:00") for day in ("Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov")),
        *(("ArrowRight", f"{day} 23:00 to 00:00") for day in ("Sat 28 Nov", "Sun 29 Nov", "Mon 30 Nov")),
    ]:
        page.keyboard.press(key)
        expect(page.locator("#told h2")).to_have_text(time)
        expect(page.locator("table.heat a:focus")).to_have_attribute("tabindex", "0")
    expect(stops).to_have_count(1)


def test_on_a_phone_the_focus_goes_nowhere_below_what_is_told(address: str, open_page: Open) -> None:
    page = open_page(address, **PHONE)
    hour(page, "Mon 23 Nov 00:00").focus()

    for _ in range(23):
        page.keyboard.press("ArrowDown")
        assert is_uncovered(page.locator("table.heat a:focus"))
    for _ in range(23):
        page.keyboard.press("ArrowUp")
        assert is_uncovered(page.locator("table.heat a:focus"))


def test_an_hour_is_told_while_a_mouse_points_at_it(address: str, open_page: Open) -> None:
    page = open_page(address)

    hour(page, "Mon 23 Nov 09:00").hover()
    expect_told(page, "Mon 23 Nov 09:00 to 10:00", f"1 of 2 free: {ANN}", f"Not free: {BOB}")
    page.locator("h1").hover()
    expect_told(page, "Choose an hour to read who is free.")

    hour(page, "Mon 23 Nov 10:00").click()
    hour(page, "Mon 23 Nov 09:00").hover()
    page.locator("h1").hover()
    expect(page.locator("#told h2")).to_have_text("Mon 23 Nov 10:00 to 11:00")


@pytest.mark.parametrize("width", [390, 1280])
def test_without_a_script_an_hour_tells_who_is_free_too(address: str, open_page: Open, width: int) -> None:
    page = open_page(address, java_script_enabled=False, viewport={"width": width, "height": 844})
    clicked = hour(page, "Mon 23 Nov 10:00")
    clicked.scroll_into_view_if_needed()
    before = clicked.bounding_box()

    clicked.click()

    expect(page.locator("#who :target + section")).to_have_text(f"2 of 2 free: {ANN}, {BOB}")
    expect(page.locator("#who :target + section")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Choose an hour")).to_be_hidden()
    assert clicked.bounding_box() == before


def test_the_best_hours_are_marked_and_listed(address: str, open_page: Open) -> None:
    page = open_page(address)

    expect(page.locator("table.heat a.best")).to_have_count(2)
    expect(page.locator("h2 + ul li")).to_have_text(
        ["Mon 23 Nov 10:00 to 11:00: 2 of 2 free", "Mon 23 Nov 11:00 to 12:00: 2 of 2 free"]
    )
    expect(page.locator("table.heat a.enough")).to_have_count(2)


def test_the_form_asks_and_its_answer_has_an_address(system: System, ann: str, bob: str, open_page: Open) -> None:
    page = open_page(f"{system.availability}/heatmap", timezone_id="Europe/Helsinki")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Helsinki")
    page.get_by_label("Time zone").select_option("Asia/Kathmandu")
    page.get_by_label("Who must come").fill(f"Ann Albers <{ANN}>; {BOB}")
    page.get_by_label("How many must come").fill("1")
    page.get_by_label("From").fill("2026-11-23")
    page.locator("[name=last_day]").fill("2026-11-23")
    page.get_by_role("button", name="Show the map").click()

    expect(page.get_by_text("by the clock of Asia/Kathmandu")).to_be_visible()
    expect(page.locator("table.heat a")).to_have_count(24)
    expect(page.locator("table.heat a.enough")).to_have_count(4)
    expect(hour(page, "Mon 23 Nov 13:00")).to_have_attribute(
        "aria-label", "Mon 23 Nov 13:00 to 14:00: 0 of 2 free, 1 for a part of it"
    )
    page.reload()
    expect(page.locator("table.heat a")).to_have_count(24)
    page.get_by_text("Change the question").click()
    expect(page.get_by_label("Who must come")).to_have_value(f"{ANN}\n{BOB}")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Kathmandu")


def test_a_fault_keeps_what_was_typed_and_takes_the_focus(system: System, open_page: Open) -> None:
    page = open_page(f"{system.availability}/heatmap", java_script_enabled=False)
    page.get_by_label("Who must come").fill("ann")
    page.get_by_label("How many must come").fill("2")
    page.get_by_role("button", name="Show the map").click()

    expect(page.get_by_text("“ann” is not an email address.")).to_be_visible()
    expect(page.get_by_label("Who must come")).to_be_focused()
    expect(page.get_by_label("Who must come")).to_have_value("ann")
    expect(page.get_by_label("How many must come")).to_have_value("2")


@pytest.mark.parametrize(
    "query", ["", "attendees=ann", QUESTION, f"{WHO}&start=2026-11-23&end=2026-12-08", f"{WHO}&min_attendees=1"]
)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    system: System, ann: str, bob: str, open_page: Open, query: str
) -> None:
    page = open_page(f"{system.availability}/heatmap?{query}")
    if page.locator("table.heat").count():
        page.locator("table.heat a").first.click()

    assert_accessible(page)


@pytest.mark.parametrize(("scheme", "colour"), [("light", DARKEST), ("dark", LIGHTEST)])
def test_the_map_has_its_colours_in_a_page_and_alone(
    system: System, address: str, open_page: Open, scheme: str, colour: str
) -> None:
    page = open_page(address, color_scheme=scheme)
    alone = open_page(f"{system.availability}/availability/heatmap?{QUESTION}&format=svg", color_scheme=scheme)

    cell, rectangle = page.locator("table.heat a.best.h9").first, alone.locator("g.best.h9 rect").first
    assert cell.evaluate("cell => getComputedStyle(cell).backgroundColor") == colour
    assert rectangle.evaluate("rectangle => getComputedStyle(rectangle).fill") == colour


def test_the_picture_stands_in_a_page_of_its_host(address: str, system: System, open_page: Open) -> None:
    page = open_page(system.availability)
    width = page.evaluate(
        """async address => {
            const image = Object.assign(new Image(), {src: address})
            document.body.append(image)
            await image.decode()
            return image.naturalWidth
        }""",
        f"{system.availability}/availability/heatmap?{QUESTION}&format=svg",
    )

    assert width == 392
