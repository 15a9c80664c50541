"""Who may see and change the dates and calendars of somebody on My week (contract, section 13)."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.access.conftest import ANN, Ask
from tests.access.test_login import FOREIGN, send

DATES, CALENDARS = f"/week/{ANN}/dates", f"/week/{ANN}/calendars"
CHANGES = {
    DATES: {"first": "2030-08-01", "holds": "away"},
    CALENDARS: {"add": "feed", "name": "Work", "url": "https://calendar.example.org/"},
}


@pytest.fixture(autouse=True)
def _keys(settings: Any) -> None:
    """A key for the addresses of calendars."""
    settings.CALENDAR_KEYS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]


def log_in(token: str) -> Client:
    """A browser in which somebody has logged in."""
    browser = Client(enforce_csrf_checks=True)
    assert send(browser, "/login", token=token).status_code == 302
    return browser


def stored(ask: Ask, token: str) -> list[int]:
    """How many dates and calendars Ann has."""
    return [len(ask("GET", f"/users/{ANN}/{what}", token).json()[what]) for what in ("overrides", "calendars")]


@pytest.mark.parametrize("path", CHANGES)
def test_who_has_not_logged_in_is_led_to_the_login(ann: str, path: str) -> None:
    answer = Client().get(path)

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login")
    assert ann


def test_one_sees_and_changes_ones_own(ann: str, ask: Ask) -> None:
    browser = log_in(ann)

    for path, change in CHANGES.items():
        assert send(browser, path, **change).status_code == 302

    assert stored(ask, ann) == [1, 1]


def test_what_is_somebody_elses_is_for_administrators(ann: str, bob: str, root: str, ask: Ask) -> None:
    other = log_in(bob)
    for path, change in CHANGES.items():
        read, changed = (
            other.get(path),
            send(other, path, page=f"/week/bob@example.org/{path.rpartition('/')[2]}", **change),
        )
        for refused in read, changed:
            assert refused.status_code == 403
            assert "This is not your week. You are logged in as bob@example.org." in refused.content.decode()
    assert stored(ask, ann) == [0, 0]

    administrator = log_in(root)
    for path, change in CHANGES.items():
        assert send(administrator, path, **change).status_code == 302
    assert stored(ask, ann) == [1, 1]


@pytest.mark.parametrize("path", CHANGES)
def test_no_other_site_changes_anything_under_a_session(ann: str, ask: Ask, path: str) -> None:
    assert send(log_in(ann), path, origin=FOREIGN, **CHANGES[path]).status_code == 403
    assert stored(ask, ann) == [0, 0]


def test_who_asks_too_often_is_told_on_a_page_when_to_come_again(ann: str, settings: Any) -> None:
    browser = log_in(ann)
    settings.RATE_PER_MINUTE = 2
    page = [browser.get(DATES) for _ in range(4)][-1]

    assert page.status_code == 429
    wait = int(page["Retry-After"])
    assert 1 <= wait <= 30
    assert re.search(rf"Try again in {wait} seconds?\.", page.content.decode())
    assert "Expected available" not in page.content.decode()
