"""Tokens of our own: made, shown once, used, revoked, over (contract, section 13)."""

import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django_redis
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tests.access.conftest import ANN, BOB, Ask, Issue
from tests.support.domain import REPEATABLE
from tests.support.problems import assert_problem, faults
from tests.support.servers import eventually
from user_service.access import own_tokens
from user_service.access.callers import DEFAULT_SCOPES, READ_USERS
from user_service.store import keys

TOKEN = re.compile(r"w2m_[0-9A-Za-z]{36}")


def test_a_token_is_shown_once_and_does_what_it_was_made_for(ann: str, ask: Ask) -> None:
    made = ask("POST", "/tokens", ann, {"name": "My script", "scopes": ["self"], "days": 2})

    assert made.status_code == 201, made.content
    assert made.headers["Cache-Control"] == "no-store"
    shown = made.json()
    token = shown.pop("token")
    assert TOKEN.fullmatch(token)
    assert token.endswith(shown["hint"])
    assert (shown["name"], shown["scopes"], shown["is_session"], shown["used_at"]) == (
        "My script",
        ["self"],
        False,
        None,
    )
    lifetime = datetime.fromisoformat(shown["expires_at"]) - datetime.fromisoformat(shown["created_at"])
    assert lifetime == timedelta(days=2)
    me = ask("GET", "/me", token)
    assert me.json() == {"email": ANN, "name": "Ann", "is_stored": True, "scopes": ["self"]}
    listed = ask("GET", "/tokens", ann).json()["results"]
    assert shown in [{name: each[name] for name in shown} | {"used_at": None} for each in listed]
    assert not any("token" in each for each in listed)
    alone = ask("GET", f"/tokens/{shown['id']}", ann)
    assert alone.headers["Cache-Control"] == "no-store"
    assert [alone.json() | {"url": f"http://testserver/tokens/{shown['id']}"}] == [
        each for each in listed if each["id"] == shown["id"]
    ]


def test_by_default_a_token_is_for_oneself_and_for_asking_about_others_and_lasts_90_days(ann: str, ask: Ask) -> None:
    made = ask("POST", "/tokens", ann, {}).json()

    assert made["scopes"] == ["self", "freebusy:read"] == list(DEFAULT_SCOPES)
    assert datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"]) == timedelta(days=90)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"days": 0}, ("days", "min_value")),
        ({"days": 366}, ("days", "max_value")),
        ({"days": "2"}, ("days", "invalid")),
        ({"scopes": []}, ("scopes", "min_length")),
        ({"scopes": ["everything"]}, ("scopes[0]", "invalid_choice")),
        ({"scopes": "self"}, ("scopes", "not_a_list")),
        ({"name": ""}, ("name", "blank")),
        ({"name": "x" * 101}, ("name", "max_length")),
        ({"email": BOB}, ("email", "unknown")),
    ],
)
def test_bad_input_makes_no_token(body: dict[str, Any], fault: tuple[str, str], ann: str, ask: Ask) -> None:
    assert faults(ask("POST", "/tokens", ann, body)) == [fault]
    assert len(ask("GET", "/tokens", ann).json()["results"]) == 1


@pytest.mark.parametrize("scope", ["users:read", "users:write", "freebusy:read:all"])
def test_nobody_gives_what_they_have_not(scope: str, ann: str, ask: Ask) -> None:
    assert_problem(ask("POST", "/tokens", ann, {"scopes": ["self", scope]}), 403, "You cannot give what you have not")
    assert len(ask("GET", "/tokens", ann).json()["results"]) == 1


def test_tokens_are_for_who_has_the_scope_self(bob: str, issue: Issue, ask: Ask) -> None:
    reader = issue(BOB, "freebusy:read")

    assert_problem(ask("GET", "/tokens", reader), 403)
    assert_problem(ask("POST", "/tokens", reader, {}), 403)
    assert_problem(ask("DELETE", f"/tokens/{id_of(bob, ask)}", reader), 403)
    assert ask("GET", "/me", bob).status_code == 200


def id_of(token: str, ask: Ask) -> str:
    """The id of a token."""
    found: str = next(
        each["id"] for each in ask("GET", "/tokens", token).json()["results"] if token.endswith(each["hint"])
    )
    return found


def test_a_revoked_token_is_over_at_once(ann: str, issue: Issue, ask: Ask) -> None:
    other = issue(ANN)

    assert ask("DELETE", f"/tokens/{id_of(other, ask)}", ann).status_code == 204
    assert_problem(ask("GET", "/me", other), 401, "This token is not valid")
    assert ask("GET", "/me", ann).status_code == 200


def test_nobody_revokes_the_token_of_somebody_else(ann: str, bob: str, ask: Ask) -> None:
    bobs = id_of(bob, ask)

    refused, unknown = ask("DELETE", f"/tokens/{bobs}", ann), ask("DELETE", "/tokens/nothing", ann)
    assert_problem(ask("GET", f"/tokens/{bobs}", ann), 404, code="unknown-token")

    assert_problem(refused, 404, f"There is no token {bobs}")
    assert_problem(unknown, 404, "There is no token nothing")
    assert ask("GET", "/me", bob).status_code == 200


def test_a_token_ends_by_itself(ann: str, issue: Issue, ask: Ask) -> None:
    issue(ANN, days=1)
    redis = django_redis.get_redis_connection()

    for key in redis.scan_iter("token*"):
        assert 86_390 <= redis.ttl(key) <= 86_400
    for key in redis.scan_iter("token:*"):
        redis.pexpire(key, 1)
    eventually(lambda: ask("GET", "/me", ann).status_code == 401, "the end of the token")


def test_who_creates_an_email_again_inherits_nothing(ann: str, root: str, add: Callable[..., None], ask: Ask) -> None:
    assert ask("DELETE", f"/users/{ANN}", root).status_code == 204
    assert not django_redis.get_redis_connection().exists(keys.tokens(ANN))
    add(ANN)

    assert_problem(ask("GET", "/me", ann), 401)


def test_a_token_is_for_the_user_for_whom_it_was_made_even_if_the_end_of_that_one_went_unnoticed(
    ann: str, add: Callable[..., None], ask: Ask
) -> None:
    redis = django_redis.get_redis_connection()
    redis.delete(keys.user(ANN))  # as by a restored backup, or an older version
    assert_problem(ask("GET", "/me", ann), 401)
    add(ANN)

    assert_problem(ask("GET", "/me", ann), 401)


def test_who_was_stored_before_there_were_ids_gets_a_token_that_ends_with_them(
    add: Callable[..., None], issue: Issue, ask: Ask
) -> None:
    add(ANN)
    redis = django_redis.get_redis_connection()
    old = re.sub(rb',"id":"[^"]+"', b"", redis.get(keys.user(ANN)))
    redis.set(keys.user(ANN), old)
    token = issue(ANN)

    assert ask("GET", "/me", token).status_code == 200
    redis.set(keys.user(ANN), old)  # somebody else, created by an older version
    assert_problem(ask("GET", "/me", token), 401)


def test_the_use_of_a_token_is_noted_to_the_minute(ann: str, ask: Ask) -> None:
    ask("GET", "/me", ann)
    before = datetime.now(UTC).replace(second=0, microsecond=0)

    (used,) = [each["used_at"] for each in ask("GET", "/tokens", ann).json()["results"]]

    assert before - timedelta(minutes=1) <= datetime.fromisoformat(used) <= datetime.now(UTC)


def test_the_use_of_a_token_that_was_just_revoked_leaves_nothing_behind(ann: str, ask: Ask) -> None:
    ask("DELETE", f"/tokens/{id_of(ann, ask)}", ann)

    assert_problem(ask("GET", "/me", ann), 401)
    redis = django_redis.get_redis_connection()
    assert [(redis.hkeys(key), redis.ttl(key) > 0) for key in redis.scan_iter("token*")] == [([b"revoked"], True)]


def test_there_are_so_many_tokens_and_no_more_until_one_is_over(ann: str, issue: Issue, ask: Ask) -> None:
    others = [issue(ANN) for _ in range(99)]

    assert_problem(ask("POST", "/tokens", ann, {}), 409, code="too-many-tokens")
    ask("DELETE", f"/tokens/{id_of(others[0], ask)}", ann)
    assert ask("POST", "/tokens", ann, {}).status_code == 201
    over = f"{own_tokens.digest_token(others[1])} 1"
    django_redis.get_redis_connection().hset(keys.tokens(ANN), id_of(others[1], ask), over)
    assert ask("POST", "/tokens", ann, {}).status_code == 201


def test_nothing_that_is_kept_is_a_token(ann: str) -> None:
    redis = django_redis.get_redis_connection()
    kept = list(redis.scan_iter())
    for key in list(kept):
        kind = redis.type(key)
        kept += {b"hash": redis.hvals, b"string": lambda key: [redis.get(key)]}.get(kind, lambda _: [])(key)

    assert not any(ann.encode() in value or ann[4:].encode() in value for value in kept)


@REPEATABLE
@given(st.integers(4, 39), st.characters(exclude_categories=["Cs"]))
def test_a_typo_is_told_without_asking_redis(place: int, letter: str) -> None:
    token = own_tokens.make_token()
    typo = token[:place] + letter + token[place + 1 :]

    assert own_tokens.is_token(token)
    assert own_tokens.is_token(typo) == (typo == token)
    assert not own_tokens.is_token(token[:-1])
    assert not own_tokens.is_token(f"{token}0")


def test_the_checksum_is_crc_32_in_base_62() -> None:
    token = own_tokens.make_token()
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    number = 0
    for letter in token[34:]:
        number = number * 62 + letters.index(letter)

    assert number == zlib.crc32(token[4:34].encode())


def test_while_the_clock_of_a_service_is_wrong_redis_ends_tokens_in_time(ann: str, ask: Ask) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(days=400)):
        assert ask("GET", "/me", ann).status_code == 200


@pytest.mark.usefixtures("ann")
def test_a_scope_that_is_gone_from_the_code_does_nothing(issue: Issue, ask: Ask) -> None:
    assert_problem(
        ask("GET", "/users", issue(ANN, "users:everything")), 403, f"This needs a token with the scope {READ_USERS}"
    )
