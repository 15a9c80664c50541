"""What one may do with one's own record, with that of others, and with none (contract, section 13)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.access.conftest import ANN, BOB, ROOT, Ask, Issue
from tests.support.problems import assert_problem
from user_service.access.callers import SCOPES

WEEK = {"intervals": [{"day": "tuesday", "start": "09:00", "end": "12:00"}]}
CALLS: dict[str, tuple[str, str, Any]] = {
    "read": ("GET", "/users/{email}", None),
    "change": ("PATCH", "/users/{email}", {"name": "Changed"}),
    "read the week": ("GET", "/users/{email}/availability", None),
    "change the week": ("PUT", "/users/{email}/availability", WEEK),
    "read the sharing": ("GET", "/users/{email}/sharing", None),
    "change the sharing": ("PUT", "/users/{email}/sharing", {"rule": "everyone"}),
    "delete": ("DELETE", "/users/{email}", None),
}
# With which scopes each call on the record of somebody else passes.
ON_OTHERS = {
    "read": {"users:read", "users:write"},
    "change": {"users:write"},
    "read the week": {"freebusy:read", "freebusy:read:all", "users:write"},
    "change the week": {"users:write"},
    "read the sharing": {"users:write"},
    "change the sharing": {"users:write"},
    "delete": {"users:write"},
}
SPELLINGS = [
    BOB,
    "BOB@Example.ORG",
    " bob@example.org",
    "bob%40example.org",
    "b%6Fb@example.org",
    "bob@\uff45xample.org",
]


@pytest.mark.usefixtures("ann", "bob")
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("what", CALLS)
def test_a_scope_opens_what_it_is_for_and_nothing_else(what: str, scope: str, issue: Issue, ask: Ask) -> None:
    method, path, body = CALLS[what]
    token = issue(ANN, scope)
    opens_own = {"self"} | ON_OTHERS[what]

    others = ask(method, path.format(email=BOB), token, body)
    own = ask(method, path.format(email=ANN), token, body)

    assert (others.status_code < 300) == (scope in ON_OTHERS[what]), others.content
    assert others.status_code < 300 or assert_problem(others, 403)
    assert (own.status_code < 300) == (scope in opens_own), own.content


@pytest.mark.usefixtures("bob")
@pytest.mark.parametrize("email", SPELLINGS)
@pytest.mark.parametrize("what", ["read", "change", "change the week", "read the sharing", "delete"])
def test_no_spelling_of_an_email_opens_the_record_of_somebody_else(what: str, email: str, ann: str, ask: Ask) -> None:
    method, path, body = CALLS[what]

    assert_problem(ask(method, path.format(email=email), ann, body), 403)


@pytest.mark.parametrize("email", ["ann@example.org", "ANN@example.org", "%20ann%40example.org"])
def test_every_spelling_of_ones_own_email_opens_ones_own_record(email: str, ann: str, ask: Ask) -> None:
    assert ask("GET", f"/users/{email}", ann).json()["email"] == ANN


@pytest.mark.usefixtures("bob")
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_makes_another_method_of_one(header: str, ann: str, ask: Ask) -> None:
    ask("GET", f"/users/{BOB}/availability", ann, **{header: "DELETE"})
    ask("POST", f"/users/{BOB}/availability", ann, {"_method": "DELETE"}, **{header: "DELETE"})
    ask("POST", f"/users/{BOB}/availability?_method=DELETE", ann)

    assert ask("GET", f"/users/{BOB}/availability", ann).status_code == 200


@pytest.mark.usefixtures("bob")
def test_head_tells_no_more_than_get(ann: str, ask: Ask) -> None:
    refused = ask("HEAD", f"/users/{BOB}", ann)

    assert (refused.status_code, refused.content) == (403, b"")
    assert "ETag" not in refused.headers


@pytest.mark.usefixtures("bob")
def test_preconditions_tell_nothing_of_a_record_that_is_closed(ann: str, ask: Ask) -> None:
    for headers in ({"If-None-Match": "*"}, {"If-Match": "*"}, {"If-Match": '"0"'}):
        for email in (BOB, "nobody@example.org"):
            assert_problem(ask("GET", f"/users/{email}", ann, **headers), 403)
            assert_problem(ask("DELETE", f"/users/{email}", ann, **headers), 403)


def test_the_directory_is_for_who_has_the_scope(ann: str, root: str, ask: Ask) -> None:
    assert_problem(ask("GET", "/users", ann), 403, "This needs a token with the scope users:read.")
    assert [user["email"] for user in ask("GET", "/users", root).json()["results"]] == [ANN, ROOT]


@pytest.mark.usefixtures("bob")
def test_whether_a_closed_record_is_there_cannot_be_told(ann: str, ask: Ask) -> None:
    there, not_there = (ask("GET", f"/users/{email}", ann) for email in (BOB, "nob@example.org"))

    assert comparable(there) == comparable(not_there)
    taken = ask("POST", "/users", ann, {"email": BOB, "name": "Another"})
    free = ask("POST", "/users", ann, {"email": "nob@example.org", "name": "Another"})
    assert comparable(taken) == comparable(free)


def comparable(answer: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """An answer but for what names the request."""
    body = {name: value for name, value in answer.json().items() if name not in ("request_id", "instance")}
    headers = {name: value for name, value in answer.headers.items() if name not in ("X-Request-ID", "Content-Length")}
    return answer.status_code, body, headers


def test_a_new_user_is_created_by_who_may_write_anybodys_record(
    ann: str, root: str, ask: Ask, add: Callable[..., None]
) -> None:
    body = {"email": "new@example.org", "name": "New"}

    assert_problem(ask("POST", "/users", ann, body), 403, "This needs a token with the scope users:write.")
    assert ask("POST", "/users", root, body).status_code == 201
