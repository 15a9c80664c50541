"""The login at an OpenID provider, in a browser that the tests play."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import django_redis
import pytest
import time_machine
from django.test import Client

from common.api.exceptions import BadGateway, Problem, Unavailable
from tests.support.neighbour import Behaviour, answers, hangs_up, says
from tests.support.provider import (
    AUDIENCE,
    CLIENT_ID,
    DISCOVERY,
    KEYS,
    ODD_KEYS,
    TOKEN,
    USERINFO,
    Key,
    Provider,
    compact,
    make_key,
)
from tests.user_service.openid.urls import NEXT
from user_service.openid import provider_tokens
from user_service.openid.outbound import MAX_ANSWER_BYTES
from user_service.openid.provider_login import MAX_LOGINS, LoginFailed

pytestmark = pytest.mark.urls("tests.user_service.openid.urls")


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with Provider() as started:
        settings.OIDC_ISSUER = started.issuer
        settings.OIDC_AUDIENCE = AUDIENCE
        settings.OIDC_CLIENT_ID = CLIENT_ID
        # Its port may be that of an earlier one.
        provider_tokens.provider_of.cache_clear()
        yield started


@pytest.fixture
def browser() -> Client:
    return Client()


Asked = dict[str, str]


def ask(browser: Client) -> Asked:
    """What the provider is asked when the browser begins a login."""
    answer = browser.get("/login/provider")
    assert answer.status_code == 302
    return dict(parse_qsl(urlsplit(answer["Location"]).query))


def grant(provider: Provider, asked: Asked, **changes: Any) -> str:
    """The path to which the provider sends a browser in which Ann has logged in; claims are changed, None: left out."""
    claims = {"aud": CLIENT_ID, "nonce": asked["nonce"], "email": "Ann@example.org", "email_verified": True}
    provider.grants["the-code"] = (provider.claims(**claims | changes), asked["code_challenge"])
    return f"/login/callback?{urlencode({'code': 'the-code', 'state': asked['state']})}"


def problem_at(browser: Client, address: str) -> type[Problem]:
    with pytest.raises(Problem) as raised:
        browser.get(address)
    return type(raised.value)


def test_the_provider_is_asked_for_a_code_with_pkce(provider: Provider, browser: Client) -> None:
    answer = browser.get("/login/provider")

    assert answer["Location"].startswith(f"{provider.url}/authorize?")
    asked = dict(parse_qsl(urlsplit(answer["Location"]).query))
    assert asked.pop("state") != asked.pop("nonce") != asked.pop("code_challenge")
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": "http://testserver/login/callback",
        "scope": "openid email",
        "code_challenge_method": "S256",
    }


def test_who_comes_back_is_who_the_provider_says(provider: Provider, browser: Client) -> None:
    answer = browser.get(grant(provider, ask(browser)))

    assert answer.json() == {"sub": "ann", "email": "ann@example.org", "next": NEXT, "id": "the-id"}
    (redeemed,) = [received for received in provider.received if received.line.startswith("POST")]
    form = dict(parse_qsl(redeemed.body.decode()))
    assert len(form.pop("code_verifier")) >= 43
    assert form == {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "code": "the-code",
        "redirect_uri": "http://testserver/login/callback",
    }


def test_a_client_with_a_secret_shows_it(provider: Provider, browser: Client, settings: Any) -> None:
    settings.OIDC_CLIENT_SECRET = "secret"

    browser.get(grant(provider, ask(browser)))

    assert provider.received[-1].headers["Authorization"] == "Basic dzJtZWV0OnNlY3JldA=="
    assert b"secret" not in provider.received[-1].body


def test_the_cookie_of_a_login_is_for_the_login_alone(provider: Provider, browser: Client) -> None:
    browser.get("/login/provider")

    (cookie,) = browser.cookies.values()
    assert (cookie.key, cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "w2meet_login",
        "/login",
        True,
        "Lax",
        600,
    )


def test_nothing_of_a_login_is_left_after_ten_minutes(provider: Provider, browser: Client) -> None:
    ask(browser)

    redis = django_redis.get_redis_connection()
    assert all(0 < redis.ttl(key) <= 600 for key in redis.scan_iter())


def test_what_is_kept_of_a_login_is_json(provider: Provider, browser: Client) -> None:
    ask(browser)

    redis = django_redis.get_redis_connection()
    (session,) = redis.keys("*session*")
    assert redis.get(session).startswith(b'{"_state_provider_')


def test_a_callback_is_good_once(provider: Provider, browser: Client) -> None:
    asked = ask(browser)
    browser.get(grant(provider, asked))

    assert problem_at(browser, grant(provider, asked)) is LoginFailed
    assert provider.asked.count(TOKEN) == 1


def test_of_many_callbacks_at_once_one_is_good(provider: Provider, browser: Client) -> None:
    callback = grant(provider, ask(browser))
    cookie = browser.cookies["w2meet_login"].value

    def come_back(_: int) -> int:
        # Clients that raise would raise what others at the same time have met.
        same = Client(raise_request_exception=False)
        same.cookies["w2meet_login"] = cookie
        return same.get(callback).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(come_back, range(16))).count(200) == 1
    assert provider.asked.count(TOKEN) == 1


def test_a_callback_that_failed_is_used_up_as_well(provider: Provider, browser: Client) -> None:
    asked = ask(browser)
    provider.instead[TOKEN] = hangs_up
    assert problem_at(browser, grant(provider, asked)) is Unavailable
    provider.instead.clear()

    assert problem_at(browser, grant(provider, asked)) is LoginFailed


def test_a_callback_is_good_only_in_the_browser_that_began(provider: Provider, browser: Client) -> None:
    asked = ask(browser)
    other = Client()
    ask(other)

    assert problem_at(other, grant(provider, asked)) is LoginFailed
    assert problem_at(Client(), grant(provider, asked)) is LoginFailed
    assert browser.get(grant(provider, asked)).json()["sub"] == "ann"


@pytest.mark.parametrize(
    "query", ["", "?", "?code=a", "?code=a&state=", "?code=a&state=made-up", "?state=%00", "?error=x"]
)
def test_a_callback_without_a_login_is_refused(provider: Provider, browser: Client, query: str) -> None:
    ask(browser)

    assert problem_at(browser, f"/login/callback{query}") is LoginFailed
    assert TOKEN not in provider.asked


def test_two_logins_may_be_under_way_in_one_browser(provider: Provider, browser: Client) -> None:
    first, second = ask(browser), ask(browser)

    assert browser.get(grant(provider, second)).json()["sub"] == "ann"
    assert browser.get(grant(provider, first)).json()["sub"] == "ann"


def test_only_the_latest_logins_of_a_browser_are_remembered(provider: Provider, browser: Client) -> None:
    first, second, *_ = [ask(browser) for _ in range(MAX_LOGINS + 1)]

    assert problem_at(browser, grant(provider, first)) is LoginFailed
    assert browser.get(grant(provider, second)).json()["sub"] == "ann"


def test_who_denies_is_not_let_in(provider: Provider, browser: Client) -> None:
    state = ask(browser)["state"]

    assert problem_at(browser, f"/login/callback?error=access_denied&state={state}") is LoginFailed


def test_a_callback_of_another_provider_is_refused(provider: Provider, browser: Client) -> None:
    callback = grant(provider, ask(browser))

    assert problem_at(browser, f"{callback}&iss=https://other.example.org") is LoginFailed
    assert TOKEN not in provider.asked


def test_a_provider_may_say_who_it_is(provider: Provider, browser: Client) -> None:
    callback = grant(provider, ask(browser))

    assert browser.get(f"{callback}&iss={provider.issuer}").json()["sub"] == "ann"


def test_the_code_of_another_login_is_refused(provider: Provider, browser: Client) -> None:
    victims, attackers = ask(browser), ask(Client())
    grant(provider, attackers)

    assert problem_at(browser, f"/login/callback?code=the-code&state={victims['state']}") is LoginFailed


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://other.example.org"},
        {"iss": None},
        {"aud": "another"},
        {"aud": "another", "azp": CLIENT_ID},
        {"aud": None},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"sub": None},
        {"sub": ""},
        {"sub": 1},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 10**10},
        {"nbf": 10**10},
    ],
    ids=str,
)
def test_an_id_token_of_something_else_is_nonsense(
    provider: Provider, browser: Client, changes: dict[str, Any]
) -> None:
    assert problem_at(browser, grant(provider, ask(browser), **changes)) is BadGateway


def unsigned(content: bytes) -> bytes:
    return b""


FORGED: dict[str, Callable[[Provider, dict[str, Any]], str]] = {
    "another key": lambda p, claims: p.sign(claims, Key("RS256", make_key("RS256", 1).private, p.key.id)),
    "an unknown key": lambda p, claims: p.sign(claims, make_key("RS256", 1)),
    "none": lambda p, claims: compact({"alg": "none", "kid": p.key.id}, claims, unsigned),
    "PS256": lambda p, claims: compact(
        {"alg": "PS256", "kid": p.key.id}, claims, lambda content: p.key.sign(content, "PS256")
    ),
    "garbage": lambda p, claims: "gar.ba.ge",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_forged_id_token_is_nonsense(
    provider: Provider, browser: Client, forge: Callable[[Provider, dict[str, Any]], str]
) -> None:
    callback = grant(provider, ask(browser))
    claims, _ = provider.grants["the-code"]
    tokens = {"access_token": "opaque", "token_type": "Bearer", "id_token": forge(provider, claims)}
    provider.instead[TOKEN] = answers(tokens)

    assert problem_at(browser, callback) is BadGateway


# What Authlib uses would rather have the name that RFC 9864 gives it; providers do not use that yet.
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_an_id_token_is_good_with_each_algorithm(provider: Provider, browser: Client, algorithm: str) -> None:
    provider.keys = [make_key(algorithm)]

    assert browser.get(grant(provider, ask(browser))).json()["sub"] == "ann"


def test_keys_of_other_kinds_do_no_harm(provider: Provider, browser: Client) -> None:
    provider.other_keys = ODD_KEYS

    assert browser.get(grant(provider, ask(browser))).json()["sub"] == "ann"


def test_a_new_key_is_found(provider: Provider, browser: Client) -> None:
    callback = grant(provider, ask(browser))
    provider.keys = [make_key("RS256", 2)]

    assert browser.get(callback).json()["sub"] == "ann"


@pytest.mark.parametrize(
    ("userinfo", "email"),
    [
        ({"sub": "ann", "email": "Ann@example.org", "email_verified": True}, "ann@example.org"),
        ({"sub": "ann", "email": "ann@example.org"}, None),
        ({"sub": "ann"}, None),
    ],
)
def test_an_email_may_stand_in_the_user_info_alone(
    provider: Provider, browser: Client, userinfo: dict[str, Any], email: str | None
) -> None:
    provider.description["userinfo_endpoint"] = provider.url + USERINFO
    provider.userinfo = userinfo

    answer = browser.get(grant(provider, ask(browser), email=None, email_verified=None))

    assert answer.json()["email"] == email
    assert provider.received[-1].headers["Authorization"] == "Bearer opaque"


@pytest.mark.parametrize("sub", ["bob", None, ["ann"]])
def test_the_user_info_of_somebody_else_is_nonsense(provider: Provider, browser: Client, sub: object) -> None:
    provider.description["userinfo_endpoint"] = provider.url + USERINFO
    provider.userinfo = {"sub": sub, "email": "bob@example.org", "email_verified": True}

    assert problem_at(browser, grant(provider, ask(browser), email=None)) is BadGateway


def test_who_has_no_email_at_all_has_none(provider: Provider, browser: Client) -> None:
    assert browser.get(grant(provider, ask(browser), email=None)).json()["email"] is None


ANSWERS: dict[str, tuple[Behaviour, type[Problem]]] = {
    "hangs up": (hangs_up, Unavailable),
    "an error": (answers({}, "500 Internal Server Error"), Unavailable),
    "down for a while": (answers(b"<html>", "503 Service Unavailable", "text/html"), Unavailable),
    "no HTTP": (says(b"what?\r\n\r\n"), Unavailable),
    "a page": (answers(b"<html>", "200 OK", "text/html"), BadGateway),
    "a list": (answers([]), BadGateway),
    "nothing of use": (answers({}), BadGateway),
    "no ID token": (answers({"access_token": "opaque", "token_type": "Bearer"}), BadGateway),
    "an ID token of a number": (answers({"access_token": "opaque", "id_token": 1}), BadGateway),
    "without a floor": (answers(b"[" * 100_000), BadGateway),
    "too much": (answers(b" " * (MAX_ANSWER_BYTES + 1)), BadGateway),
    "elsewhere": (answers({}, "302 Found", "application/json", "Location: /elsewhere"), BadGateway),
    "elsewhere with the code": (answers({}, "307 Temporary", "application/json", "Location: /elsewhere"), BadGateway),
    "a refusal": (answers({"error": "invalid_grant"}, "400 Bad Request"), LoginFailed),
    "a refusal of us": (answers({"error": "invalid_client"}, "401 Unauthorized"), LoginFailed),
}


@pytest.mark.parametrize(("behaviour", "problem"), ANSWERS.values(), ids=ANSWERS.keys())
def test_what_the_provider_does_wrong_is_told(
    provider: Provider, browser: Client, behaviour: Behaviour, problem: type[Problem]
) -> None:
    callback = grant(provider, ask(browser))
    provider.instead[TOKEN] = behaviour

    assert problem_at(browser, callback) is problem
    assert "/elsewhere" not in provider.asked


def test_a_provider_that_hangs_is_down(provider: Provider, browser: Client) -> None:
    callback = grant(provider, ask(browser))
    provider.instead[TOKEN] = provider.hang
    began = time.monotonic()

    assert problem_at(browser, callback) is Unavailable
    assert time.monotonic() - began < 4


def test_without_the_provider_no_login_begins(provider: Provider, browser: Client) -> None:
    provider.instead[DISCOVERY] = hangs_up

    assert problem_at(browser, "/login/provider") is Unavailable


def test_a_login_begins_while_the_provider_is_down_if_it_is_known(provider: Provider, browser: Client) -> None:
    ask(browser)
    provider.instead[DISCOVERY] = provider.instead[KEYS] = hangs_up

    with time_machine.travel(time.time() + provider_tokens.FRESH_SECONDS + 1):
        ask(browser)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint"])
def test_a_provider_of_tokens_alone_has_no_login(provider: Provider, browser: Client, name: str) -> None:
    del provider.description[name]

    assert problem_at(browser, "/login/provider") is BadGateway


def test_a_login_without_redis_does_not_begin(provider: Provider, browser: Client, settings: Any) -> None:
    provider_tokens.provider_of(provider.issuer).describe()
    django_redis.get_redis_connection().config_set("maxmemory", "1")
    try:
        assert problem_at(browser, "/login/provider") is Unavailable
    finally:
        django_redis.get_redis_connection().config_set("maxmemory", "0")


def test_no_secret_of_a_login_is_logged(provider: Provider, browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asked = ask(browser)
    browser.get(grant(provider, asked))

    verifier = dict(parse_qsl(provider.received[-1].body.decode()))["code_verifier"]
    assert "/token" in caplog.text
    assert [secret for secret in (verifier, asked["state"], "the-code") if secret in caplog.text] == []
