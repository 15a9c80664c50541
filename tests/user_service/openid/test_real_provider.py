"""Access tokens of a real OpenID provider, and the login there."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.exceptions import AuthenticationFailed

from common.api.exceptions import Unavailable
from tests.support.real_provider import RealProvider, needs_node
from tests.user_service.openid.urls import NEXT
from user_service.openid import provider_tokens
from user_service.openid.provider_login import LoginFailed

pytestmark = [pytest.mark.long, needs_node, pytest.mark.urls("tests.user_service.openid.urls")]


@pytest.fixture(scope="module")
def running() -> Iterator[RealProvider]:
    with RealProvider("http://testserver/login/callback") as started:
        yield started


@pytest.fixture
def provider(running: RealProvider, settings: Any) -> RealProvider:
    settings.OIDC_ISSUER = running.issuer
    settings.OIDC_AUDIENCE = running.audience
    settings.OIDC_CLIENT_ID = running.client_id
    provider_tokens.provider_of.cache_clear()
    return running


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_program_has_no_email(provider: RealProvider, algorithm: str) -> None:
    claims = provider_tokens.verify(provider.token_of_program(algorithm, "freebusy:read users:read"))

    assert claims.subject == f"program-{algorithm}"
    assert claims.email is None
    assert claims.scopes == {"freebusy:read", "users:read"}


@pytest.mark.parametrize(("login", "email"), [("Ann@Example.org", "ann@example.org"), ("unverified@example.org", None)])
def test_a_person_has_the_email_that_is_verified(provider: RealProvider, login: str, email: str | None) -> None:
    claims = provider_tokens.verify(provider.token_of_person(login))

    assert claims.subject == login
    assert claims.email == email
    assert "self" in claims.scopes


@pytest.mark.parametrize(("login", "email"), [("Ann@Example.org", "ann@example.org"), ("unverified@example.org", None)])
def test_a_person_logs_in(provider: RealProvider, login: str, email: str | None) -> None:
    browser = Client()

    callback = provider.log_in(browser.get("/login/provider")["Location"], login)
    answer = browser.get(callback.removeprefix("http://testserver"))

    assert answer.status_code == 200
    assert (answer.json()["sub"], answer.json()["email"], answer.json()["next"]) == (login, email, NEXT)
    with pytest.raises(LoginFailed):
        browser.get(callback.removeprefix("http://testserver"))


def test_a_token_for_others_is_refused(provider: RealProvider, settings: Any) -> None:
    settings.OIDC_AUDIENCE = "https://other.example.org"

    with pytest.raises(AuthenticationFailed):
        provider_tokens.verify(provider.token_of_program())


def test_tokens_are_good_while_the_provider_is_down_but_only_if_it_was_known(provider: RealProvider) -> None:
    token = provider.token_of_program()
    provider_tokens.verify(token)
    provider.freeze()
    try:
        with time_machine.travel(time.time() + provider_tokens.FRESH_SECONDS + 1):
            assert provider_tokens.verify(token).subject == "program-RS256"
        provider_tokens.provider_of.cache_clear()
        with pytest.raises(Unavailable):
            provider_tokens.verify(token)
    finally:
        provider.thaw()


def test_when_the_provider_has_other_keys_its_new_tokens_are_good_and_old_ones_are_not(provider: RealProvider) -> None:
    old = provider.token_of_program()
    provider_tokens.verify(old)
    provider.restart()

    with time_machine.travel(time.time() + provider_tokens.PAUSE_SECONDS + 1):
        assert provider_tokens.verify(provider.token_of_program()).subject == "program-RS256"
        with pytest.raises(AuthenticationFailed):
            provider_tokens.verify(old)
