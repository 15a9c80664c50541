"""That credentials are bad is told before all else that is wrong, and in no other words for any of it."""

import http.client
from typing import Any

import pytest
import requests

from common.access.bearer import MAX_LENGTH
from tests.access.conftest import ANN, Ask
from tests.support.pages import BROWSER
from tests.support.problems import assert_problem
from tests.support.servers import Service
from user_service.access import own_tokens

NOBODYS = own_tokens.make_token()
WRONG: dict[str, tuple[str, str, Any]] = {
    "a bad value": ("GET", "/users?limit=none", None),
    "an unknown parameter": ("GET", f"/users/{ANN}?verbose=1", None),
    "no JSON": ("POST", "/users", "{"),
    "an unknown user": ("GET", "/users/nobody@example.org", None),
    "an unknown path": ("GET", "/nothing/is/here", None),
    "an unknown format": ("GET", "/users?format=xml", None),
    "a method that is not allowed": ("PUT", "/users", {}),
    "a body that is too large": ("POST", "/users", "x" * (2 * 1024 * 1024 + 1)),
    "a media type that is not read": ("POST", "/users", "{}"),
    "somebody who is there": ("GET", f"/users/{ANN}", None),
}


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("token", [None, NOBODYS], ids=["no token", "nobody's token"])
@pytest.mark.parametrize("what", WRONG)
def test_401_comes_first_in_user_service(what: str, token: str | None, users: Service) -> None:
    method, path, body = WRONG[what]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = body if isinstance(body, str) or body is None else "{}"

    answer = requests.request(method, users.url + path, data=data, headers=headers, timeout=10)

    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


QUESTION = "attendees=ann@example.org"
WRONG_ABOVE = {
    "a bad value": ("GET", f"{QUESTION}&start=never", None),
    "no attendee": ("GET", "", None),
    "no JSON": ("POST", "", "{"),
    "a body that is too large": ("POST", "", "x" * (2 * 1024 * 1024 + 1)),
    "an unknown attendee": ("GET", "attendees=nobody@example.org", None),
    "an unknown format": ("GET", f"{QUESTION}&format=xml", None),
    "a method that is not allowed": ("DELETE", "", None),
    "nothing": ("GET", QUESTION, None),
}


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("token", [None, NOBODYS], ids=["no token", "nobody's token"])
@pytest.mark.parametrize("what", WRONG_ABOVE)
def test_401_comes_first_in_the_services_above(what: str, token: str | None, system: dict[str, Service]) -> None:
    method, query, body = WRONG_ABOVE[what]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} if token else {}
    for service, path in (("availability-service", "/availability/common"), ("suggestion-service", "/suggestions")):
        url = f"{system[service].url}{path}?{query}".rstrip("?")

        answer = requests.request(method, url, data=body, headers=headers, timeout=10)

        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("service", ["user-service", "availability-service"])
def test_401_comes_first_in_a_browser_too(service: str, system: dict[str, Service]) -> None:
    headers = {"Content-Type": "application/json", "Accept": BROWSER}
    path = {"user-service": "/users", "availability-service": "/availability/common"}[service]

    answer = requests.post(
        f"{system[service].url}{path}", WRONG["a body that is too large"][2], headers=headers, timeout=10
    )

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "text/html; charset=utf-8")


def test_what_else_is_wrong_is_told_to_who_is_known(ann: str, system: dict[str, Service]) -> None:
    headers = {"Authorization": f"Bearer {ann}"}
    for service, path in (("availability-service", "/availability/common"), ("suggestion-service", "/suggestions")):
        url = system[service].url
        statuses = [
            requests.get(f"{url}{path}", headers=headers, timeout=10).status_code,
            requests.get(f"{url}{path}?attendees=nobody@example.org", headers=headers, timeout=10).status_code,
            requests.get(f"{url}/nothing", headers=headers, timeout=10).status_code,
            requests.delete(f"{url}{path}", headers=headers, timeout=10).status_code,
            requests.options(f"{url}{path}", headers=headers, timeout=10).status_code,
        ]
        assert statuses == [400, 404, 404, 405, 200]


UNREADABLE = {
    "another scheme": "Basic YW5uOmFubg==",
    "no token": "Bearer",
    "an empty token": "Bearer ",
    "two tokens": "Bearer {token} {token}",
    "two headers in one": "Bearer {token}, Bearer {token}",
    "letters that no token has": "Bearer {token}%00",
    "letters that are not ASCII": "Bearer {token}é",
    "one letter too many": f"Bearer {'x' * (MAX_LENGTH + 1)}",
    "the token alone": "{token}",
    "nothing": "",
}


@pytest.mark.parametrize("header", UNREADABLE.values(), ids=UNREADABLE)
def test_a_header_that_holds_no_single_token_is_refused(header: str, ann: str, ask: Ask) -> None:
    assert_problem(ask("GET", "/me", Authorization=header.format(token=ann)), 401)


@pytest.mark.parametrize("service", ["user-service", "availability-service", "suggestion-service"])
def test_two_headers_are_refused_also_if_one_alone_would_do(service: str, ann: str, system: dict[str, Service]) -> None:

    for others in (ann, NOBODYS):
        connection = http.client.HTTPConnection(system[service].url.removeprefix("http://"), timeout=10)
        connection.putrequest("GET", "/me")
        for token in (ann, others):
            connection.putheader("Authorization", f"Bearer {token}")
        connection.endheaders()

        assert connection.getresponse().status == 401
        connection.close()


def test_a_scheme_is_written_in_any_case(ann: str, ask: Ask) -> None:
    assert ask("GET", "/me", Authorization=f"bEARER {ann}").status_code == 200


@pytest.mark.parametrize("name", ["access_token", "token", "Authorization"])
def test_a_token_in_an_address_is_none(name: str, ann: str, ask: Ask) -> None:
    assert_problem(ask("GET", f"/me?{name}={ann}"), 401)
