"""Who shares their free time with whom, and what everybody else is told (contract, section 13)."""

import statistics
import time
from typing import Any

import pytest
import requests

from tests.access.conftest import ANN, BOB, Ask, Issue, bear, get
from tests.support.problems import assert_problem, faults
from tests.support.servers import Service
from user_service.access.callers import FREEBUSY_ALL, READ_USERS, SELF

NOB = "nob@example.org"  # whom nobody knows
LOOK_UP = f"/users/availability?email={BOB}"


def share(ask: Ask, token: str, email: str, rule: str, *people: str) -> Any:
    """Says with whom somebody shares."""
    answer = ask("PUT", f"/users/{email}/sharing", token, {"rule": rule, "people": people})
    assert answer.status_code == 200, answer.content
    return answer


def seen(ask: Ask, token: str) -> bool:
    """Whether Bob is there for who has this token; the same for every way to ask about him."""
    week = ask("GET", f"/users/{BOB}/availability", token).status_code
    unknown: list[str] = ask("GET", LOOK_UP, token).json()["unknown"]
    assert ask("POST", "/users/availability/query", token, {"emails": [BOB]}).json()["unknown"] == unknown
    assert (week, unknown) in [(200, []), (404, [BOB])]
    return unknown == []


def test_by_default_everybody_who_has_a_token_may_ask(ann: str, bob: str, ask: Ask) -> None:
    assert ask("GET", f"/users/{BOB}/sharing", bob).json() == {"rule": "everyone", "people": []}
    assert seen(ask, ann)


@pytest.mark.parametrize(
    ("rule", "people", "is_seen"),
    [
        ("everyone", [], True),
        ("nobody", [], False),
        ("nobody", [ANN], False),
        ("list", [], False),
        ("list", ["cyd@example.org"], False),
        ("list", ["cyd@example.org", " ANN@Example.org"], True),
    ],
)
def test_who_may_ask_is_who_the_rule_names(
    rule: str, people: list[str], is_seen: bool, ann: str, bob: str, ask: Ask
) -> None:
    told = share(ask, bob, BOB, rule, *people)

    assert told.json() == {"rule": rule, "people": sorted(email.strip().lower() for email in people)}
    assert ask("GET", f"/users/{BOB}/sharing", bob).json() == told.json()
    assert seen(ask, ann) == is_seen
    assert seen(ask, bob)


def test_a_program_may_ask_about_whoever_shares_with_anybody(bob: str, issue: Issue, ann: str, ask: Ask) -> None:
    program = issue(ANN, FREEBUSY_ALL)
    for rule, people, is_seen in (("list", ["cyd@example.org"], True), ("nobody", [], False), ("everyone", [], True)):
        share(ask, bob, BOB, rule, *people)

        assert seen(ask, program) == is_seen


def test_who_reads_the_directory_is_told_who_is_hidden(ann: str, bob: str, issue: Issue, ask: Ask) -> None:
    reader = issue(ANN, SELF, "freebusy:read", READ_USERS)
    share(ask, bob, BOB, "nobody")

    for answer in (
        ask("GET", f"/users/{BOB}/availability", reader),
        ask("GET", f"{LOOK_UP}&email={ANN}&email={NOB}", reader),
        ask("POST", "/users/availability/query", reader, {"emails": [ANN, BOB, NOB]}),
    ):
        assert assert_problem(answer, 403, code="hidden-attendees")["hidden_attendees"] == [BOB]


def test_hidden_attendees_come_up_through_all_services(
    ann: str, bob: str, issue: Issue, ask: Ask, system: dict[str, Service]
) -> None:
    reader = issue(ANN, "freebusy:read", READ_USERS)
    share(ask, bob, BOB, "nobody")

    for service, path in (("availability-service", "/availability/common"), ("suggestion-service", "/suggestions")):
        refused = get(system[service], path, reader, attendees=[ANN, BOB])
        assert assert_problem(refused, 403, code="hidden-attendees")["hidden_attendees"] == [BOB]
        unknown = get(system[service], path, ann, attendees=[ANN, BOB, NOB])
        assert assert_problem(unknown, 404, code="unknown-attendees")["unknown_attendees"] == [BOB, NOB]


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}, {"If-Match": "*"}, {"Accept": "text/calendar"}])
def test_who_is_hidden_cannot_be_told_from_who_is_not_there(
    headers: dict[str, str], ann: str, bob: str, ask: Ask
) -> None:
    share(ask, bob, BOB, "nobody")

    for method in ("GET", "HEAD"):
        hidden, unknown = (ask(method, f"/users/{email}/availability", ann, **headers) for email in (BOB, NOB))
        assert hidden.status_code == 404
        assert hidden.content.replace(BOB.encode(), NOB.encode()) == _at(unknown, hidden)
        assert hidden.headers.keys() == unknown.headers.keys()
    for path in ("/users/availability?email={}", "/users/availability?email={}&email=ann@example.org"):
        hidden, unknown = (ask("GET", path.format(email), ann) for email in (BOB, NOB))
        assert hidden.content.replace(BOB.encode(), NOB.encode()) == unknown.content


def _at(unknown: Any, hidden: Any) -> bytes:
    """The content of one answer, with the request id of the other."""
    content: bytes = unknown.content
    return content.replace(unknown["X-Request-ID"].encode(), hidden["X-Request-ID"].encode())


def test_nor_by_how_long_it_takes(ann: str, bob: str, ask: Ask, users: Service) -> None:
    share(ask, bob, BOB, "nobody")
    took: dict[str, list[float]] = {BOB: [], NOB: []}
    with requests.Session() as session:
        session.headers.update(bear(ann))
        for _ in range(200):
            for email, times in took.items():
                began = time.perf_counter()
                assert session.get(f"{users.url}/users/{email}/availability", timeout=10).status_code == 404
                times.append(time.perf_counter() - began)

    hidden, unknown = (statistics.median(times) for times in took.values())
    spread = statistics.quantiles(took[NOB], n=4)
    assert abs(hidden - unknown) < spread[2] - spread[0]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("rule", "required")),
        ({"rule": "friends"}, ("rule", "invalid_choice")),
        ({"rule": "list", "people": "ann@example.org"}, ("people", "not_a_list")),
        ({"rule": "list", "people": ["ann"]}, ("people[0]", "invalid")),
        ({"rule": "list", "people": [f"p{number}@example.org" for number in range(101)]}, ("people", "max_length")),
    ],
)
def test_bad_input_changes_nothing(body: dict[str, Any], fault: tuple[str, str], bob: str, ask: Ask) -> None:
    share(ask, bob, BOB, "nobody")

    assert faults(ask("PUT", f"/users/{BOB}/sharing", bob, body)) == [fault]
    assert ask("GET", f"/users/{BOB}/sharing", bob).json()["rule"] == "nobody"


def test_a_stale_sharing_is_not_replaced(bob: str, ask: Ask) -> None:
    tag = ask("GET", f"/users/{BOB}/sharing", bob)["ETag"]
    share(ask, bob, BOB, "nobody")

    stale = ask("PUT", f"/users/{BOB}/sharing", bob, {"rule": "everyone"}, **{"If-Match": tag})

    assert_problem(stale, 412)
    assert ask("GET", f"/users/{BOB}/sharing", bob).json()["rule"] == "nobody"
    assert (
        ask("GET", f"/users/{BOB}/sharing", bob, **{"If-None-Match": stale.headers.get("ETag", tag)}).status_code == 200
    )


def test_whoever_has_said_nothing_shares_as_the_setting_says(ann: str, bob: str, add: Any) -> None:
    with Service("user-service", SHARING="nobody") as service:
        assert get(service, f"/users/{BOB}/availability", ann).status_code == 404
        assert get(service, f"/users/{ANN}/availability", ann).status_code == 200
        assert get(service, f"/users/{BOB}/sharing", bob).json() == {"rule": "nobody", "people": []}
