"""Every path and method of a service, from its URLconf: `python -m tests.support.routes` prints them as JSON."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.support.servers import ROOT

EXAMPLES = {"email": "ann@example.org", "token_id": "5f2d8c1e9a7b4c60", "date": "2026-12-24", "name": "work"}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")


class Route(NamedTuple):
    """A call to a service."""

    method: str
    path: str


def routes_of(service: str) -> list[Route]:
    """All routes of a service, with every method: also those that it does not know."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": f"{service.replace('-', '_')}.settings"}
    printed = subprocess.run(
        [sys.executable, "-m", __name__], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [Route(method, path) for path in json.loads(printed) for method in METHODS]


def _paths(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _paths(pattern.url_patterns, path)
        elif pattern.name == "not-found":
            yield "/nothing/is/here"
        else:
            yield "/" + re.sub(r"<\w+:(\w+)>", lambda found: EXAMPLES[found[1]], path)


if __name__ == "__main__":
    import django
    from django.urls import get_resolver

    django.setup()
    sys.stdout.write(json.dumps(sorted(_paths(get_resolver().url_patterns))))
