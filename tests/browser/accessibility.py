"""Whether a page is for everybody: at any width, in light and dark, for eyes and for readers of screens."""

from collections.abc import Collection
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ALL_IMPACTS = ("minor", "moderate", "serious", "critical")
WIDTHS = (320, 390, 400, 1280)


def assert_accessible(page: Page, impacts: Collection[str] = ALL_IMPACTS, context: Any = None) -> None:
    """No fault of these impacts that axe finds in the context, and nothing beyond the edge of the window."""
    page.emulate_media(color_scheme="light")
    _assert_axe_finds_nothing(page, 390, impacts, context)
    page.emulate_media(color_scheme="dark")
    _assert_axe_finds_nothing(page, 1280, impacts, context)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def _assert_axe_finds_nothing(page: Page, width: int, impacts: Collection[str], context: Any) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    violations = Axe().run(page, context=context, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in violations if fault["impact"] in impacts] == []
