"""People for the tests, stored as anybody would store them: over user-service's HTTP API."""

import re
from collections.abc import Callable

import requests

from common.domain.week import DAYS

Store = Callable[..., str]

ALWAYS = tuple(f"{day} 00-24" for day in DAYS)


def email(name: str) -> str:
    """The address of somebody."""
    return f"{name}@example.org"


def emails(count: int) -> list[str]:
    """The addresses of very many, sorted."""
    return [email(f"p{number:05}") for number in range(count)]


def store(url: str, name: str, *hours: str, timezone: str = "UTC") -> str:
    """Stores somebody who is free at hours such as `monday 09-12` or `monday 08:30-12`, and returns their email."""
    body = {
        "email": email(name),
        "name": name.title(),
        "timezone": timezone,
        "availability": {"intervals": [_interval(text) for text in hours]},
    }
    answer = requests.post(f"{url}/users", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    return email(name)


def _interval(text: str) -> dict[str, str]:
    found = re.fullmatch(r"(\w+) (\d\d)(:\d\d)?-(\d\d)(:\d\d)?", text)
    assert found, text
    return {"day": found[1], "start": f"{found[2]}{found[3] or ':00'}", "end": f"{found[4]}{found[5] or ':00'}"}
