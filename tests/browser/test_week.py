"""The week of a user, painted."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.servers import System

NINE_TO_TWELVE = {"day": "monday", "start": "09:00", "end": "12:00"}


def hour(page: Page, place: str) -> Locator:
    """The hour at a place: day, and hour of the day."""
    return page.locator(f'.week [data-place="{place}"]')


def drag(page: Page, *places: str) -> None:
    """Presses the mouse on the first hour, moves it over the others, and releases it."""
    for number, place in enumerate(places):
        box = hour(page, place).bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if number == 0:
            page.mouse.down()
    page.mouse.up()


def save(page: Page) -> None:
    """Saves, and waits until that is told."""
    with page.expect_response(lambda answer: answer.request.method in {"PUT", "POST"}):
        page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved.")).to_be_visible()


@pytest.fixture
def week(ann: str) -> str:
    """The path of Ann's week."""
    return f"{ann}/availability"


def intervals(system: System, week: str) -> list[dict[str, Any]]:
    """The week as the API tells it."""
    found: list[dict[str, Any]] = requests.get(system.users + week, timeout=5).json()["intervals"]
    return found


def test_hours_painted_with_the_mouse_are_saved(system: System, week: str, open_page: Open) -> None:
    page = open_page(system.users + week)

    drag(page, "2.14", "3.15", "4.16")
    save(page)

    assert intervals(system, week) == [
        NINE_TO_TWELVE,
        *({"day": day, "start": "14:00", "end": "17:00"} for day in ("wednesday", "thursday", "friday")),
    ]
    expect(page.locator(".week input:checked")).to_have_count(12)

    drag(page, "2.14", "4.16")
    save(page)
    assert intervals(system, week) == [NINE_TO_TWELVE]


def test_painting_from_a_free_hour_takes_hours_away_and_going_back_gives_them_again(
    system: System, week: str, open_page: Open
) -> None:
    page = open_page(system.users + week)

    drag(page, "0.9", "0.11", "0.10")
    hour(page, "6.23").click()
    save(page)

    assert intervals(system, week) == [
        {"day": "monday", "start": "11:00", "end": "12:00"},
        {"day": "sunday", "start": "23:00", "end": "24:00"},
    ]


def test_the_keyboard_alone_is_enough(system: System, week: str, open_page: Open) -> None:
    page = open_page(system.users + week)
    hour(page, "0.0").focus()

    for key in ("ArrowRight", "ArrowDown", "Space", "Shift+ArrowDown", "Shift+ArrowRight", "Tab"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Save").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_focused()

    assert intervals(system, week) == [
        NINE_TO_TWELVE,
        *({"day": day, "start": "01:00", "end": "03:00"} for day in ("tuesday", "wednesday")),
    ]


def test_one_hour_is_reached_with_tab_and_says_what_it_is(system: System, week: str, open_page: Open) -> None:
    page = open_page(system.users + week)

    expect(page.locator('.week input[tabindex="0"]')).to_have_count(1)
    expect(page.get_by_role("checkbox", name="Monday 09:00 to 10:00")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Sunday 23:00 to 24:00")).not_to_be_checked()


def test_without_a_script_the_hours_are_boxes_to_tick(system: System, week: str, open_page: Open) -> None:
    page = open_page(system.users + week, java_script_enabled=False)

    page.get_by_label("Monday 11:00 to 12:00").uncheck()
    page.get_by_label("Saturday 00:00 to 01:00").check()
    save(page)

    assert intervals(system, week) == [
        {"day": "monday", "start": "09:00", "end": "11:00"},
        {"day": "saturday", "start": "00:00", "end": "01:00"},
    ]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def stale(request: pytest.FixtureRequest, system: System, week: str, open_page: Open) -> Page:
    """The page of a week that somebody else has changed since."""
    page = open_page(system.users + week, java_script_enabled=request.param)
    theirs = {"intervals": [{"day": "sunday", "start": "10:00", "end": "11:00"}]}
    assert requests.put(system.users + week, json=theirs, timeout=5).status_code == 200
    return page


def test_what_somebody_else_has_changed_is_told_and_not_overwritten(system: System, week: str, stale: Page) -> None:
    hour(stale, "2.14").click()
    stale.get_by_role("button", name="Save").first.click()

    expect(stale.get_by_role("alert")).to_contain_text("It has changed since you read it.")
    expect(hour(stale, "2.14")).to_be_checked()
    assert intervals(system, week) == [{"day": "sunday", "start": "10:00", "end": "11:00"}]

    stale.get_by_role("link", name="Reload").click()
    expect(hour(stale, "6.10")).to_be_checked()
    expect(hour(stale, "2.14")).not_to_be_checked()


def test_hours_are_painted_with_a_finger(system: System, week: str, open_page: Open) -> None:
    page = open_page(system.users + week, viewport={"width": 400, "height": 900}, has_touch=True)

    hour(page, "5.12").tap()
    save(page)

    assert {"day": "saturday", "start": "12:00", "end": "13:00"} in intervals(system, week)
