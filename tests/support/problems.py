"""What a test expects of an answer that tells a problem."""

from typing import Any

import requests

MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}


def faults(problem: Any) -> list[tuple[str, str]]:
    """The field and the code of each fault of a bad input."""
    return [(error["field"], error["code"]) for error in problem["errors"]]


def assert_problem(answer: requests.Response, status: int, detail: str) -> None:
    """That an answer is a problem of this status and no other members, with a detail that begins so."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found.keys() == MEMBERS
    assert found["status"] == status
    assert found["detail"].startswith(detail)
    assert found["request_id"] == answer.headers["X-Request-ID"]
