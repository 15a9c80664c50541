"""X-Request-ID, from the request to the answer and to the log, where no email ever stands (contract, section 10)."""

import uuid
from typing import Any

import django_redis
import pytest
import requests
from rest_framework.test import APIClient

from tests.support.servers import Service
from user_service.store import keys

SECRET = "secret.person"
EMAIL = f"{SECRET}@example.org"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@pytest.mark.parametrize("sent", ["a", "7", str(uuid.UUID(int=7)), "x" * 128, "Root=1-67891233:ab+c/d@e_f.g-h"])
def test_a_sane_id_is_kept(client: APIClient, sent: str) -> None:
    assert client.get("/users", HTTP_X_REQUEST_ID=sent)["X-Request-ID"] == sent


@pytest.mark.parametrize(
    "sent",
    ["", " ", "a b", "x" * 129, "a\nb", "a\r\nSet-Cookie: b=c", "\x1b[31m", "<b>", '"', "a;b", "a,b", "é", "a\n"],
)
def test_an_insane_id_is_replaced(client: APIClient, sent: str) -> None:
    made = client.get("/users", HTTP_X_REQUEST_ID=sent)["X-Request-ID"]

    assert made != sent
    assert len(made) == 16
    assert int(made, 16) >= 0


def test_each_request_without_an_id_gets_its_own(client: APIClient) -> None:
    assert len({client.get("/users")["X-Request-ID"] for _ in range(10)}) == 10


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/users", 200),
        ("GET", "/users/ann@example.org", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/users", 405),
        ("GET", "/users?limit=0", 400),
        ("POST", "/users", 400),
        ("GET", "/health", 200),
        ("GET", "/schema", 200),
    ],
)
def test_the_log_has_a_line_with_the_id_of_every_answer(server: Service, method: str, path: str, status: int) -> None:
    sent = str(uuid.uuid4())

    answer = requests.request(method, server.url + path, headers={"X-Request-ID": sent}, timeout=10)

    assert (answer.status_code, answer.headers["X-Request-ID"]) == (status, sent)
    (line,) = [line for line in server.log.splitlines() if sent in line]
    assert f"INFO [{sent}]" in line
    assert f"{method} /" in line
    assert f" {status} " in line


def test_no_email_is_logged_whatever_is_asked_and_answered(server: Service) -> None:
    def send(method: str, path: str, body: Any = None, **headers: str) -> int:
        return requests.request(method, server.url + path, json=body, headers=headers, timeout=10).status_code

    user, body = f"/users/{EMAIL}", {"email": EMAIL, "name": SECRET}
    answers = [
        send("GET", user),
        send("POST", "/users", body),
        send("POST", "/users", body),
        send("GET", user),
        send("GET", user, None, **BROWSER),
        send("PATCH", user, {"name": SECRET}, **{"If-Match": f'"{SECRET}"'}),
        send("PATCH", user, {"name": 5, SECRET: SECRET}),
        send("PUT", f"{user}/availability", {"intervals": []}),
        send("GET", f"/users/availability?email={EMAIL}&email={SECRET}"),
        send("GET", "/users/availability?" + f"email={EMAIL}&" * 1001),
        send("POST", "/users/availability/query", {"emails": [EMAIL]}),
        send("GET", f"/users?cursor={EMAIL}"),
        send("GET", f"/{EMAIL}"),
        send("TRACE", user),
        send("GET", user, None, Host=f"{SECRET}.example"),
        send("GET", f"{user}?{SECRET}=1", None, **{"Content-Type": "application/json; charset=zlib"}),
        send("DELETE", user),
    ]

    assert answers == [404, 201, 409, 200, 200, 412, 400, 200, 400, 400, 200, 400, 404, 405, 400, 400, 204]
    assert SECRET not in server.log


def test_a_bug_is_logged_with_its_trace_under_its_id_but_without_the_path(server: Service) -> None:
    django_redis.get_redis_connection().set(keys.user(EMAIL), b"not a record")
    sent = str(uuid.uuid4())

    answer = requests.get(f"{server.url}/users/{EMAIL}", headers={"X-Request-ID": sent}, timeout=10)

    assert (answer.status_code, answer.json()["request_id"]) == (500, sent)
    assert f"ERROR [{sent}]" in server.log
    assert "ValueError: a record that begins with b'n'" in server.log
    assert SECRET not in server.log
