"""What a test expects of an answer that tells a problem."""

from typing import Any

CONTENT_TYPE = "application/problem+json"
MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}
MORE_MEMBERS = {"errors", "unknown_attendees", "hidden_attendees"}


def assert_problem(answer: Any, status: int, detail: str = "", *, code: str = "") -> dict[str, Any]:
    """The members of a problem of this status (contract, section 10), with this code and a detail that begins so."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    members: dict[str, Any] = answer.json()
    assert MEMBERS <= members.keys() <= MEMBERS | MORE_MEMBERS
    assert all(members[name] for name in MEMBERS)
    assert members["status"] == status
    assert members["type"].startswith(f"urn:w2meet:problem:{code}")
    assert members["detail"].startswith(detail)
    assert members["instance"].startswith("/")
    assert members["request_id"] == answer.headers["X-Request-ID"]
    assert ("errors" in members) == (members["type"] == "urn:w2meet:problem:invalid")
    return members


def faults(answer: Any) -> list[tuple[str, str]]:
    """The (field, code) of each fault that a 400 tells, in the order of the fields."""
    errors = assert_problem(answer, 400, code="invalid")["errors"]
    assert all(error["message"] for error in errors)
    return sorted((error["field"], error["code"]) for error in errors)
