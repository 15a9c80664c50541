"""What a browser asks for, and what the pages it gets may not do."""

import re

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE
)


def loaded(page: str) -> list[str]:
    """The addresses from which a page loads something."""
    return _LOADED.findall(page)
