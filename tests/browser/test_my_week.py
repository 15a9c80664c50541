"""My week: created, and painted with mouse, finger and keys."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import ZONE, Open
from tests.support import people
from tests.support.servers import System

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NINE_TO_TWELVE = {"day": "monday", "start": "09:00", "end": "12:00"}
SUNDAY_AT_TEN = {"day": "sunday", "start": "10:00", "end": "11:00"}


def interval(day: str, start: int, end: int) -> dict[str, str]:
    """An interval as the API tells it."""
    return {"day": day, "start": f"{start:02}:00", "end": f"{end:02}:00"}


@pytest.fixture
def week(system: System, ann: str) -> str:
    """The address of Ann's week."""
    return system.users + ann.replace("/users/", "/week/")


@pytest.fixture
def read_intervals(system: System, ann: str) -> Any:
    """Asks the API for Ann's week."""
    return lambda: requests.get(f"{system.users}{ann}/availability", timeout=5).json()["intervals"]


def hour(page: Page, name: str) -> Locator:
    """The box of an hour such as `Monday 09:00`."""
    return page.get_by_label(name, exact=True)


def center(locator: Locator) -> tuple[float, float]:
    """Where to point at it."""
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, *names: str) -> None:
    """Presses the mouse on the first hour, moves it over the others, and releases it."""
    hour(page, names[0]).scroll_into_view_if_needed()
    for number, name in enumerate(names):
        page.mouse.move(*center(hour(page, name)), steps=3)
        if number == 0:
            page.mouse.down()
    page.mouse.up()


def save(page: Page) -> None:
    """Saves, and waits until that is told."""
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#saved")).to_be_visible()
    expect(page.locator("#state")).to_have_text("Saved")


def tell_state(page: Page, text: str) -> None:
    """The bar says how much is not saved."""
    expect(page.locator("#state")).to_have_text(text)


class Fingers:
    """Fingers on the screen of a page, each a point."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._points: list[tuple[float, float]] = []

    def _send(self, kind: str) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(self._points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def put(self, *points: tuple[float, float]) -> None:
        """Puts a finger after the other."""
        for point in points:
            self._points.append(point)
            self._send("touchStart")

    def move(self, right: float, down: float, steps: int = 10) -> None:
        """Moves all of them."""
        for _ in range(steps):
            self._points = [(x + right / steps, y + down / steps) for x, y in self._points]
            self._send("touchMove")

    def lift(self) -> None:
        """Lifts all of them."""
        self._points = []
        self._send("touchEnd")


def wait_for_scroll(page: Page, least: int) -> None:
    """Waits until the page has been scrolled so far."""
    page.wait_for_function("least => scrollY >= least", arg=least)


def test_who_creates_themselves_by_keyboard_has_the_zone_of_the_browser(system: System, open_page: Open) -> None:
    page = open_page(f"{system.users}/week", timezone_id="America/New_York")
    expect(page.get_by_label("Time zone")).to_have_value("America/New_York")

    tabs = 0
    while not page.evaluate("document.activeElement.id === 'id_email'"):
        page.keyboard.press("Tab")
        tabs += 1
    assert tabs <= 6
    page.keyboard.type("eve@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("Eve")
    page.keyboard.press("Enter")

    expect(page.get_by_text("by the clock of America/New_York")).to_be_visible()
    assert page.url == f"{system.users}/week/eve@example.org"
    requests.delete(f"{system.users}/users/eve@example.org", timeout=5)


@pytest.mark.parametrize("has_script", [True, False])
def test_what_is_wrong_has_the_focus_and_nothing_typed_is_lost(
    system: System, open_page: Open, has_script: bool
) -> None:
    page = open_page(f"{system.users}/week", java_script_enabled=has_script)
    page.locator("#id_email").fill("eve")
    page.get_by_label("Name").fill("Eve")
    page.get_by_label("Time zone").select_option("Asia/Kathmandu")

    page.get_by_role("button", name="Create my week").click()

    expect(page.locator("#id_email")).to_have_accessible_description("Enter a valid email address.")
    if has_script:
        expect(page.locator("#id_email")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Eve")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Kathmandu")


def test_hours_painted_with_the_mouse_are_saved(week: str, open_page: Open, read_intervals: Any) -> None:
    page = open_page(week)

    drag(page, "Wednesday 08:00", "Thursday 09:00", "Friday 10:00")
    tell_state(page, "9 hours changed")
    drag(page, "Monday 09:00", "Monday 11:00", "Monday 10:00")
    hour(page, "Sunday 23:00").click()
    save(page)

    assert read_intervals() == [
        interval("monday", 11, 12),
        *(interval(day, 8, 11) for day in ("wednesday", "thursday", "friday")),
        interval("sunday", 23, 24),
    ]


def test_days_and_hours_are_painted_by_their_heads_and_working_days_by_a_button(week: str, open_page: Open) -> None:
    page = open_page(week)
    checked = page.locator("#week td :checked")

    page.get_by_role("button", name="Mon", exact=True).click()
    expect(checked).to_have_count(24)
    page.get_by_role("button", name="09:00", exact=True).click()
    expect(checked).to_have_count(24 + 6)
    page.get_by_role("button", name="Mon", exact=True).click()
    expect(checked).to_have_count(6)
    page.get_by_role("button", name="Free Monday to Friday, 9 to 17").click()
    expect(checked).to_have_count(40 + 2)


def test_steps_are_undone_one_by_one(week: str, open_page: Open) -> None:
    page = open_page(week)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()

    drag(page, "Tuesday 08:00", "Wednesday 09:00")
    page.get_by_role("button", name="Sun", exact=True).click()
    hour(page, "Monday 09:00").focus()
    page.keyboard.press("Space")
    tell_state(page, "29 hours changed")

    page.keyboard.press("Control+z")
    tell_state(page, "28 hours changed")
    undo.click()
    tell_state(page, "4 hours changed")
    undo.click()
    tell_state(page, "Saved")
    expect(undo).to_be_disabled()
    expect(page.locator("#week [tabindex='0']")).to_be_focused()


def test_the_keyboard_alone_is_enough(week: str, open_page: Open, read_intervals: Any) -> None:
    page = open_page(week)
    expect(page.locator("#week [tabindex='0']")).to_have_count(1)
    page.get_by_role("button", name="Free Monday").focus()

    for key in ("Tab", "ArrowRight", "ArrowDown", "Space"):
        page.keyboard.press(key)
    page.keyboard.down("Shift")
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.up("Shift")
    for key in ("Enter", "Tab"):
        page.keyboard.press(key)
    tell_state(page, "4 hours changed")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    for key in ("Shift+Tab", "ArrowRight", "ArrowLeft", *["ArrowUp"] * 12, "Space"):
        page.keyboard.press(key)
    tell_state(page, "26 hours changed")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator("#saved")).to_be_focused()

    assert read_intervals() == [
        NINE_TO_TWELVE,
        interval("tuesday", 10, 12),
        interval("wednesday", 0, 24),
    ]


def test_a_swipe_scrolls_and_paints_nothing(week: str, open_page: Open) -> None:
    page = open_page(week, **PHONE)
    page.clock.install()
    page.clock.pause_at("2030-01-01")
    fingers = Fingers(page)

    fingers.put(center(hour(page, "Wednesday 09:00")))
    fingers.move(0, -300)
    fingers.lift()

    wait_for_scroll(page, 200)
    tell_state(page, "Saved")


def test_a_tap_paints_one_hour(week: str, open_page: Open, read_intervals: Any) -> None:
    page = open_page(week, **PHONE)

    hour(page, "Saturday 12:00").tap()
    tell_state(page, "1 hour changed")
    save(page)

    assert read_intervals() == [NINE_TO_TWELVE, interval("saturday", 12, 13)]


def test_a_finger_that_was_held_still_paints(week: str, open_page: Open) -> None:
    page = open_page(week, **PHONE)
    fingers = Fingers(page)
    (x, y), (right, down) = center(hour(page, "Tuesday 01:00")), center(hour(page, "Thursday 04:00"))

    fingers.put((x, y))
    expect(hour(page, "Tuesday 01:00")).to_be_checked()
    fingers.move(right - x, down - y)
    tell_state(page, "Saved")
    fingers.lift()

    tell_state(page, "12 hours changed")
    assert page.evaluate("scrollY") == 0


def test_with_the_switch_on_one_finger_paints_and_two_scroll(week: str, open_page: Open) -> None:
    page = open_page(week, **PHONE)
    fingers = Fingers(page)
    paint = page.get_by_role("button", name="Paint", exact=True)
    paint.tap()
    expect(paint).to_have_attribute("aria-pressed", "true")
    (x, y), (right, down) = center(hour(page, "Tuesday 01:00")), center(hour(page, "Thursday 04:00"))

    fingers.put((x, y))
    fingers.move(right - x, down - y)
    fingers.lift()
    tell_state(page, "12 hours changed")
    assert page.evaluate("scrollY") == 0

    fingers.put(center(hour(page, "Tuesday 08:00")), center(hour(page, "Friday 08:00")))
    fingers.move(0, -250)
    fingers.lift()
    wait_for_scroll(page, 200)
    tell_state(page, "12 hours changed")

    paint.click()  # Chromium takes a tap so soon after two fingers for a part of their gesture
    expect(paint).to_have_attribute("aria-pressed", "false")
    # What a touch may do is known to the compositor once a frame has been drawn with it.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    before = page.evaluate("scrollY")
    fingers.put((x, 600))
    fingers.move(0, 200)
    fingers.lift()
    page.wait_for_function("before => scrollY < before - 50", arg=before)
    tell_state(page, "12 hours changed")


def test_two_fingers_scroll_without_the_switch(week: str, open_page: Open) -> None:
    page = open_page(week, **PHONE)
    page.clock.install()
    page.clock.pause_at("2030-01-01")
    fingers = Fingers(page)

    fingers.put(center(hour(page, "Tuesday 08:00")), center(hour(page, "Friday 08:00")))
    fingers.move(0, -300)
    fingers.lift()

    wait_for_scroll(page, 200)
    tell_state(page, "Saved")


@pytest.mark.parametrize("is_touch", [True, False])
def test_dragging_to_the_edge_scrolls_along(week: str, open_page: Open, is_touch: bool) -> None:
    page = open_page(week, **PHONE if is_touch else {"viewport": {"width": 1280, "height": 500}})
    start = hour(page, "Tuesday 01:00")
    x, y = center(start)
    edge = page.locator(".bar").bounding_box()
    assert edge
    if is_touch:
        fingers = Fingers(page)
        fingers.put((x, y))
        expect(start).to_be_checked()
        fingers.move(0, edge["y"] - 5 - y)
        expect(hour(page, "Tuesday 22:00")).to_be_checked()
        fingers.lift()
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, edge["y"] + 5, steps=5)
        expect(hour(page, "Tuesday 22:00")).to_be_checked()
        page.mouse.move(x, 5, steps=5)
        expect(hour(page, "Tuesday 00:00")).to_be_checked()
        page.mouse.up()
        expect(hour(page, "Tuesday 06:00")).not_to_be_checked()

    expect(hour(page, "Wednesday 10:00")).not_to_be_checked()
    expect(start).to_be_checked()


def test_whoever_leaves_with_unsaved_hours_is_asked(system: System, week: str, open_page: Open) -> None:
    page = open_page(week)
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    hour(page, "Sunday 08:00").click()
    page.get_by_role("link", name="W2Meet").click(no_wait_after=True)
    expect(hour(page, "Sunday 08:00")).to_be_checked()
    page.wait_for_function("() => true")
    assert asked == ["beforeunload"]

    save(page)
    page.get_by_role("link", name="W2Meet").click()
    page.wait_for_url(f"{system.users}/")
    assert asked == ["beforeunload"]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def stale(request: pytest.FixtureRequest, system: System, ann: str, week: str, open_page: Open) -> Page:
    """The page after a save of Sunday at 9, after somebody else has saved Sunday at 10."""
    page = open_page(week, java_script_enabled=request.param, **PHONE)
    theirs = {"intervals": [SUNDAY_AT_TEN]}
    assert requests.put(f"{system.users}{ann}/availability", json=theirs, timeout=5).status_code == 200
    hour(page, "Sunday 09:00").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    return page


def test_a_stale_save_shows_both_weeks_and_mine_can_be_kept(stale: Page, read_intervals: Any) -> None:
    expect(stale.get_by_role("row", name="Sunday ≠")).to_contain_text("10:00 to 11:00")
    expect(stale.get_by_role("row", name="Sunday ≠")).to_contain_text("09:00 to 10:00")
    assert read_intervals() == [SUNDAY_AT_TEN]

    stale.get_by_role("button", name="Keep mine").click()

    expect(stale.locator("#saved")).to_be_visible()
    assert read_intervals() == [NINE_TO_TWELVE, interval("sunday", 9, 10)]


def test_after_a_stale_save_what_is_stored_can_be_taken(stale: Page, read_intervals: Any) -> None:
    stale.get_by_role("button", name="Take what is stored").click()

    expect(hour(stale, "Sunday 10:00")).to_be_checked()
    expect(hour(stale, "Sunday 09:00")).not_to_be_checked()
    assert read_intervals() == [SUNDAY_AT_TEN]


def test_the_week_is_for_everybody_and_save_is_always_in_sight(week: str, open_page: Open) -> None:
    page = open_page(week, has_touch=True)
    page.get_by_text("name and time zone").click()

    assert_accessible(page)

    page.set_viewport_size({"width": 390, "height": 844})
    box = hour(page, "Monday 09:00").bounding_box()
    assert box
    assert box["width"] >= 40
    assert box["height"] >= 28
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_in_viewport(ratio=1)
    hour(page, "Sunday 23:00").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Sun", exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("path", ["/week", "/week?email=ann", "/week/eve@example.org"])
def test_the_start_page_is_for_everybody(system: System, open_page: Open, path: str) -> None:
    assert_accessible(open_page(system.users + path))


@pytest.mark.parametrize("stale", [True], ids=["script"], indirect=True)
def test_a_stale_save_is_for_everybody(stale: Page) -> None:
    assert_accessible(stale)


def test_without_a_script_the_hours_are_boxes_to_tick(week: str, open_page: Open, read_intervals: Any) -> None:
    page = open_page(week, java_script_enabled=False)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()

    hour(page, "Monday 11:00").uncheck()
    hour(page, "Saturday 00:00").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#saved")).to_be_visible()

    assert read_intervals() == [interval("monday", 9, 11), interval("saturday", 0, 1)]


def test_name_and_zone_are_changed_with_the_week(system: System, ann: str, week: str, open_page: Open) -> None:
    page = open_page(week)
    expect(page.get_by_text(f"by the clock of {ZONE}")).to_be_visible()
    page.get_by_text("name and time zone").click()
    page.get_by_label("Name").fill("Anna")
    tell_state(page, "Not saved yet")
    page.get_by_label("Time zone").select_option("Asia/Kathmandu")
    save(page)

    expect(page.get_by_text("by the clock of Asia/Kathmandu")).to_be_visible()
    assert requests.get(system.users + ann, timeout=5).json()["name"] == "Anna"


def test_a_newcomer_finds_an_hour_for_five_people_in_under_40_taps(system: System, open_page: Open) -> None:
    others = [people.store(system.users, name, "tuesday 10-12") for name in ("kim", "lee", "max", "noa")]
    page = open_page(f"{system.users}/week", **PHONE, timezone_id="UTC")
    taps = 0

    for label, text in (("Email", "new@example.org"), ("Name", "New")):
        page.get_by_label(label, exact=True).first.fill(text)
        taps += 1
    page.get_by_role("button", name="Create my week").tap()
    page.get_by_role("button", name="Free Monday to Friday, 9 to 17").tap()
    tell_state(page, "40 hours changed")
    page.get_by_role("button", name="Save", exact=True).tap()
    expect(page.locator("#saved")).to_be_visible()
    taps += 3
    page.goto(f"{system.suggestions}/find")
    page.get_by_label("Who must come").fill(", ".join(["new@example.org", *others]))
    page.get_by_role("button", name="Find a time").tap()
    taps += 3

    expect(page.get_by_text("all 5").first).to_be_visible()
    assert taps < 40
    for email in ("new@example.org", *others):
        requests.delete(f"{system.users}/users/{email}", timeout=5)
