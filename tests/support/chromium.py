"""Debian's Chromium, driven by Playwright, and what a page may not do in it."""

import os
import shutil
import subprocess

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The same engine without a window takes a third of the time.
_NAMES = ("chromium-headless-shell", "chromium")
# Chromium tells of each answer that is a fault, also when that fault is what was asked for.
_EXPECTED = tuple(
    f"Failed to load resource: {why}" for why in ("the server responded with a status of", "net::ERR_FAILED")
)


def path() -> str:
    """Where Chromium is. Installs it where that is possible; else fails in CI, and skips elsewhere."""
    if os.geteuid() == 0 and shutil.which("apt-get") and not shutil.which(_NAMES[0]):
        subprocess.run(["apt-get", "update", "--quiet"], check=False)
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", _NAMES[0]], check=False)
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    missing = f"There is no {_NAMES[0]} here, so NO page was tried in a browser. apt-get install {_NAMES[0]}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


class Watch:
    """What the pages of a context did that they may not: load from another host, or complain on the console."""

    def __init__(self, context: BrowserContext, hosts: tuple[str, ...]) -> None:
        self.hosts = hosts
        self.faults: list[str] = []
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_EXPECTED):
            self.faults.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((*self.hosts, "data:")):
            self.faults.append(f"{request.frame.url} loads {request.url}")
