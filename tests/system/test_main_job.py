"""From people's weeks to a meeting, through all three services, on a Redis that may fail."""

import re
import signal
import time
from typing import Any

import pytest
import requests

from tests.support.servers import Redis, System, eventually
from tests.system.conftest import PASSWORD

SLOW_SECONDS = 10
HEALTH_SECONDS = 3
EMAIL_LENGTH = 254


def create(system: System, email: str, timezone: str, start: str, end: str) -> None:
    monday = {"day": "monday", "start": start, "end": end}
    body = {"email": email, "name": "Someone", "timezone": timezone, "availability": {"intervals": [monday]}}
    created = requests.post(f"{system.users}/users", json=body, timeout=SLOW_SECONDS)
    assert created.status_code == 201, created.text


def create_group(system: System) -> list[str]:
    """Two people who are both free on Mondays from 9:00 to 10:15, as Berlin sees it."""
    emails = ["berlin@main.example", "kathmandu@main.example"]
    create(system, emails[0], "Europe/Berlin", "09:00", "12:00")
    create(system, emails[1], "Asia/Kathmandu", "12:00", "15:00")
    return emails


@pytest.fixture(scope="module")
def group(system: System) -> list[str]:
    return create_group(system)


def ask(url: str, emails: list[str], **headers: str) -> requests.Response:
    window = {"start": "2030-01-07", "timezone": "Europe/Berlin"}
    return requests.get(url, {"attendees": emails, **window}, headers=headers, timeout=SLOW_SECONDS)


def common(system: System, emails: list[str]) -> requests.Response:
    return ask(f"{system.availability}/availability/common", emails)


def suggestions(system: System, emails: list[str], **headers: str) -> requests.Response:
    return ask(f"{system.suggestions}/suggestions", emails, **headers)


def healthy(system: System) -> bool:
    return requests.get(f"{system.suggestions}/health", timeout=SLOW_SECONDS).status_code == 200


def why_unhealthy(url: str) -> str:
    """What is wrong with the innermost dependency, as a service that must be unhealthy tells it within its budget."""
    began = time.monotonic()
    answer = requests.get(f"{url}/health", timeout=SLOW_SECONDS)
    assert time.monotonic() - began < HEALTH_SECONDS
    assert answer.status_code == 503
    assert PASSWORD not in answer.text
    found: dict[str, Any] = answer.json()
    while found.get("dependencies"):
        (found,) = found["dependencies"].values()
        assert found["status"] == "unhealthy"
    return str(found["error"])


def test_people_in_two_zones_get_a_meeting(system: System, group: list[str]) -> None:
    answer = suggestions(system, group).json()

    assert common(system, group).json()["common"] == [
        {"start": "2030-01-07T09:00:00+01:00", "end": "2030-01-07T10:15:00+01:00", "day": "monday", "minutes": 75}
    ]
    (meeting,) = answer["suggestions"]
    assert (meeting["start"], meeting["end"]) == ("2030-01-07T09:00:00+01:00", "2030-01-07T10:00:00+01:00")
    assert meeting["available"] == group


def test_one_request_id_is_in_the_logs_of_all_three(system: System, group: list[str]) -> None:
    asked = suggestions(system, group, **{"X-Request-ID": "from-the-caller/1"})

    assert asked.headers["X-Request-ID"] == "from-the-caller/1"
    line = re.compile(r"^(\S+) +\| .* \[from-the-caller/1\] access: ", re.MULTILINE)
    eventually(lambda: sorted(line.findall(system.log)) == sorted(system.urls), "a line of each service")


def test_fifty_attendees_with_the_longest_emails_fit_in_one_get(system: System) -> None:
    domain = f"{'d' * 60}.{'e' * 60}.{'f' * 60}.example"
    local = "%'/+&" * 11
    emails = [f"{local}{number:03}".rjust(EMAIL_LENGTH - len(domain) - 1, "x") + f"@{domain}" for number in range(50)]
    assert {len(email) for email in emails} == {EMAIL_LENGTH}
    for email in emails:
        create(system, email, "UTC", "10:00", "12:00")

    assert [piece["minutes"] for piece in common(system, emails).json()["common"]] == [120]
    (meeting,) = suggestions(system, emails).json()["suggestions"]
    assert meeting["available"] == emails


def test_a_frozen_redis_is_told_in_time_and_in_plain_words(system: System, redis: Redis, group: list[str]) -> None:
    redis.freeze()
    try:
        for url in system.urls.values():
            assert why_unhealthy(url) == "Redis does not answer in time."
        refused = suggestions(system, group)
    finally:
        redis.thaw()

    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert refused.json()["detail"] == "Redis does not answer in time."
    eventually(lambda: healthy(system), "health")
    assert suggestions(system, group).json()["suggestions"]


def test_a_redis_that_was_killed_and_comes_back_needs_no_restart(
    system: System, redis: Redis, group: list[str]
) -> None:
    redis.stop(signal.SIGKILL)
    for url in system.urls.values():
        assert why_unhealthy(url) == "Redis cannot be reached."
    assert suggestions(system, group).status_code == 503

    redis.start().wait_until_ready()

    eventually(lambda: healthy(system), "health")
    eventually(lambda: suggestions(system, group).ok, "an answer")
    assert suggestions(system, group).json()["suggestions"]


def test_no_log_holds_the_password_of_redis(system: System) -> None:
    assert PASSWORD in system.env["REDIS_URL"]
    assert PASSWORD not in system.log
