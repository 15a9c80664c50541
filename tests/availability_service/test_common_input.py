"""What may not be asked at /availability/common, and how much may."""

import os
import secrets

import pytest
import redis
from rest_framework.test import APIClient

from tests.availability_service.test_common import Ask
from tests.support.people import Store, email, emails
from tests.support.problems import faults
from tests.support.servers import Service

PATH = "/availability/common"


def test_unknown_attendees_are_all_listed(person: Store, common: Ask) -> None:
    ann = person("ann", "monday 09-12")

    answer = common("zoe@example.org", ann, "Bob@example.org", optional_attendees="max@example.org", status=404)

    assert answer["type"] == "urn:w2meet:problem:unknown-attendees"
    assert answer["title"] == "Not Found"
    assert answer["unknown_attendees"] == [email("bob"), email("max"), email("zoe")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [("attendees", "required")]),
        ("attendees=", [("attendees[0]", "invalid")]),
        ("attendees=a@b.cd&attendees=a,b@c.de", [("attendees[1]", "invalid")]),
        ("attendees=a@b.cd,b@c.de", [("attendees[0]", "invalid")]),
        ("attendees[]=a@b.cd", [("attendees", "required"), ("attendees[]", "unknown")]),
        ("attendees=a@b.cd&atendees=c@d.ef", [("atendees", "unknown")]),
        ("attendees=a@b.cd&optional_attendees=x", [("optional_attendees[0]", "invalid")]),
        ("attendees=a@b.cd&min_attendees=0", [("min_attendees", "min_value")]),
        ("attendees=a@b.cd&min_attendees=2", [("min_attendees", "max_value")]),
        ("attendees=a@b.cd&attendees=A@b.cd&min_attendees=2", [("min_attendees", "max_value")]),
        ("attendees=a@b.cd&min_attendees=1.5", [("min_attendees", "invalid")]),
        ("attendees=a@b.cd&names=maybe", [("names", "invalid")]),
        ("attendees=a@b.cd&encoding=compact", [("encoding", "unknown")]),
        ("attendees=a@b.cd&duration=60", [("duration", "unknown")]),
        ("attendees=a@b.cd&start=2026-11-23&start=2026-11-24", [("start", "repeated")]),
        ("attendees=a@b.cd&timezone=UTC&timezone=UTC", [("timezone", "repeated")]),
    ],
)
def test_a_bad_parameter_is_named(client: APIClient, query: str, expected: list[tuple[str, str]]) -> None:
    answer = client.get(f"{PATH}?{query}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert faults(answer) == sorted(expected)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"attendees": []}, [("attendees", "empty")]),
        ({"attendees": None}, [("attendees", "null")]),
        ({"attendees": "a@b.cd"}, [("attendees", "not_a_list")]),
        ({"attendees": [["a@b.cd"]]}, [("attendees[0]", "invalid")]),
        ({"optional_attendees": None}, [("optional_attendees", "null")]),
        ({"min_attendees": "1"}, [("min_attendees", "invalid")]),
        ({"min_attendees": True}, [("min_attendees", "invalid")]),
        ({"names": "true"}, [("names", "invalid")]),
        ({"start": 1764000000}, [("start", "invalid")]),
        ({"start": None}, [("start", "null")]),
        ({"timezone": None}, [("timezone", "null")]),
        ({"timezone": ["UTC"]}, [("timezone", "invalid")]),
        ({"format": "json"}, [("format", "unknown")]),
    ],
)
def test_a_bad_member_is_named(client: APIClient, members: dict[str, object], expected: list[tuple[str, str]]) -> None:
    answer = client.post(PATH, {"attendees": ["a@b.cd"]} | members, format="json")

    assert answer.status_code == 400
    assert faults(answer) == sorted(expected)


def test_all_faults_are_told_at_once(client: APIClient) -> None:
    question = {
        "attendees": ["a@b.cd", "b"],
        "optional_attendees": ["c"],
        "min_attendees": 0,
        "start": "tomorrow",
        "end": "1969-01-01",
        "timezone": "Mars/Olympus",
        "names": 1,
        "quorum": 2,
    }

    answer = client.post(PATH, question, format="json")

    assert faults(answer) == [
        ("attendees[1]", "invalid"),
        ("end", "invalid_time"),
        ("min_attendees", "min_value"),
        ("names", "invalid"),
        ("optional_attendees[0]", "invalid"),
        ("quorum", "unknown"),
        ("start", "invalid_time"),
        ("timezone", "unknown_timezone"),
    ]


def test_faults_between_parameters_are_told_beside_others(client: APIClient) -> None:
    question = {"attendees": "a@b.cd", "min_attendees": "2", "start": "2026-11-23", "end": "2026-11-23", "names": "x"}

    answer = client.get(PATH, question)

    assert faults(answer) == [("end", "invalid_window"), ("min_attendees", "max_value"), ("names", "invalid")]


def test_a_query_may_name_50_and_points_to_post_for_more(common: Ask) -> None:
    assert len(common(*emails(50), status=404)["unknown_attendees"]) == 50

    for required, optional in ((51, 0), (50, 1), (1, 50)):
        everybody = emails(required + optional)
        answer = common(*everybody[:required], optional_attendees=everybody[required:], status=400)
        (error,) = answer["errors"]
        assert (error["field"], error["code"]) == ("attendees", "too_many")
        assert error["message"] == "At most 50 attendees, optional ones included. Send up to 10000 in a POST."


def test_repeats_do_not_count(common: Ask) -> None:
    answer = common(*emails(50), *emails(50), optional_attendees=emails(50), status=404)

    assert len(answer["unknown_attendees"]) == 50


def test_a_body_may_name_10000_who_are_fetched_at_once(person: Store, client: APIClient) -> None:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as connection:
        person("ann")
        connection.config_resetstat()
        question = {"attendees": emails(6_000), "optional_attendees": emails(10_000)}

        answer = client.post(PATH, question, format="json")

        commands = connection.info("commandstats")

    assert answer.status_code == 404
    assert answer.json()["unknown_attendees"] == emails(10_000)
    assert commands["cmdstat_mget"]["calls"] == 1
    assert "cmdstat_get" not in commands


def test_of_10001_nobody_is_fetched(users: Service, client: APIClient) -> None:
    fine, too_many = secrets.token_hex(8), secrets.token_hex(8)

    refused = client.post(PATH, {"attendees": emails(10_001)}, format="json", headers={"X-Request-ID": too_many})
    asked = client.post(PATH, {"attendees": emails(10_000)}, format="json", headers={"X-Request-ID": fine})

    assert (refused.status_code, asked.status_code) == (400, 404)
    assert refused.json()["errors"][0]["message"] == "At most 10000 attendees, optional ones included."
    assert fine in users.log
    assert too_many not in users.log


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(client: APIClient, method: str) -> None:
    answer = getattr(client, method)(PATH)

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_body_takes_no_parameters_beside_it(client: APIClient) -> None:
    answer = client.post(f"{PATH}?timezone=UTC", {"attendees": ["a@b.cd"]}, format="json")

    assert faults(answer) == [("timezone", "unknown")]
