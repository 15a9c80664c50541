"""What a browser asks for, and what the pages it gets may not do."""

import re
from html.parser import HTMLParser
from typing import Any

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE
)


def loaded(page: str) -> list[str]:
    """The addresses from which a page loads something."""
    return _LOADED.findall(page)


class FormReader(HTMLParser):
    """Reads the fields of the forms on a page that send by POST, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._is_post = False
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_post = attributes.get("method") == "post"
        if tag == "select":
            self._select = attributes["name"]
        if not self._is_post:
            return
        is_ticked = attributes.get("type") != "checkbox" or "checked" in attributes
        if tag == "input" and is_ticked:
            self.fields.setdefault(attributes["name"], []).append(attributes.get("value", ""))
        if tag == "option" and "selected" in attributes:
            self.fields[self._select] = [attributes["value"]]


def read_form(page: Any) -> dict[str, list[str]]:
    """What the form on a page would send."""
    return FormReader(page.content.decode()).fields
