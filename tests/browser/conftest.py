"""The whole system, a browser, and people."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import chromium, people
from tests.support.servers import System

ZONE = "Europe/Berlin"
PATIENCE_MILLISECONDS = 20_000

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.OPTIONS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def system(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system, with one worker a service, and with a key for the addresses of calendars."""
    settings = {"WEB_CONCURRENCY": "1", "CALENDAR_KEYS": Fernet.generate_key().decode()}
    with System(DATA_DIR=str(tmp_path_factory.mktemp("data")), **settings) as running:
        yield running


@pytest.fixture
def ann(system: System) -> Iterator[str]:
    """The path of Ann, who is free on Mondays from 9 to 12."""
    email = people.store(system.users, "ann", "monday 09-12", timezone=ZONE)
    yield f"/users/{email}"
    requests.delete(f"{system.users}/users/{email}", timeout=5)


@pytest.fixture
def bob(system: System) -> Iterator[str]:
    """The email of Bob, who is free on Mondays from 10 to 14."""
    email = people.store(system.users, "bob", "monday 10-14", timezone=ZONE)
    yield email
    requests.delete(f"{system.users}/users/{email}", timeout=5)


@pytest.fixture
def open_page(browser: Browser, system: System) -> Iterator[Open]:
    """Opens an address in a new window. At the end, no page may have done what it may not."""
    contexts = []
    watches = []

    def open_page(address: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}} | options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        watches.append(chromium.Watch(context, tuple(system.urls.values())))
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [fault for watch in watches for fault in watch.faults] == []
