"""GET and POST /availability/common."""

from collections.abc import Callable
from typing import Any

import requests
from rest_framework.test import APIClient

from tests.support.people import ALWAYS, Store
from tests.support.servers import Service

Ask = Callable[..., Any]

WEEK = {"start": "2026-11-23", "end": "2026-11-30"}


def spans(answer: Any) -> list[tuple[str, str]]:
    """The common intervals, as their beginnings and ends."""
    return [(interval["start"], interval["end"]) for interval in answer["common"]]


def test_two_people_meet_when_both_are_free(person: Store, common: Ask) -> None:
    ann = person("ann", "monday 09-12", "wednesday 14-18")
    bob = person("bob", "monday 08-11", "friday 10-12")

    assert common(ann, bob, timezone="Europe/Berlin", **WEEK) == {
        "attendees": [ann, bob],
        "timezone": "Europe/Berlin",
        "start": "2026-11-23T00:00:00+01:00",
        "end": "2026-11-30T00:00:00+01:00",
        "common": [
            {
                "start": "2026-11-23T10:00:00+01:00",
                "end": "2026-11-23T12:00:00+01:00",
                "day": "monday",
                "minutes": 120,
            }
        ],
        "empty_reason": None,
        "calendars": None,
    }


def test_a_body_and_a_query_ask_the_same(person: Store, client: APIClient) -> None:
    ann, bob, cyd = person("ann", "monday 09-12"), person("bob", "monday 08-11"), person("cyd", "monday 10-13")
    question: dict[str, Any] = {
        "attendees": [bob, ann],
        "optional_attendees": [cyd],
        "min_attendees": 1,
        "timezone": "Asia/Kathmandu",
        "names": True,
        **WEEK,
    }

    by_query = client.get("/availability/common", question)
    by_body = client.post("/availability/common", question, format="json")

    assert by_query.status_code == by_body.status_code == 200
    assert by_query.json() == by_body.json()
    assert len(by_query.json()["common"]) == 4


def test_weeks_of_quarters_and_of_hours_meet_exactly(person: Store, common: Ask) -> None:
    group = [person("ann", "monday 08:30-12:15"), person("bob", "monday 08-10", "monday 12-13")]

    found = common(*group, start="2026-11-23", timezone="UTC")["common"]

    assert [(each["start"], each["end"]) for each in found] == [
        ("2026-11-23T08:30:00+00:00", "2026-11-23T10:00:00+00:00"),
        ("2026-11-23T12:00:00+00:00", "2026-11-23T12:15:00+00:00"),
    ]


def test_a_date_that_differs_holds_in_place_of_the_week(users: Service, person: Store, common: Ask) -> None:
    group = [person("ann", "monday 09-12", "tuesday 09-12", timezone="Europe/Berlin"), person("bob", *ALWAYS)]
    for day, free in (("2026-11-23", []), ("2026-11-25", [{"start": "22:30", "end": "24:00"}])):
        url = f"{users.url}/users/{group[0]}/overrides/{day}"
        assert requests.put(url, json={"intervals": free}, timeout=5).status_code == 201

    assert spans(common(*group, timezone="Europe/Berlin", **WEEK)) == [
        ("2026-11-24T09:00:00+01:00", "2026-11-24T12:00:00+01:00"),
        ("2026-11-25T22:30:00+01:00", "2026-11-26T00:00:00+01:00"),
    ]


def test_one_person_alone_has_their_own_week(person: Store, common: Ask) -> None:
    answer = common(person("ann", "tuesday 00-24", "sunday 22-24"), **WEEK)

    assert spans(answer) == [
        ("2026-11-24T00:00:00+00:00", "2026-11-25T00:00:00+00:00"),
        ("2026-11-29T22:00:00+00:00", "2026-11-30T00:00:00+00:00"),
    ]
    assert [interval["day"] for interval in answer["common"]] == ["tuesday", "sunday"]


def test_repeats_collapse_and_the_order_does_not_matter(person: Store, common: Ask) -> None:
    ann, bob = person("ann", "monday 09-12"), person("bob", "monday 08-11")

    answer = common(" BOB@Example.org ", ann, "Ann@example.ORG", bob, min_attendees=2, **WEEK)

    assert answer["attendees"] == [ann, bob]
    assert answer == common(ann, bob, min_attendees=2, **WEEK)


def test_an_email_may_hold_what_a_valid_address_may(users: Service, person: Store, common: Ask) -> None:
    odd = [person(name, "monday 09-12") for name in ("a+b", "o'neill", "a/b", "a%2fb", "a{&?#}=b")]

    answer = common(*odd, **WEEK)

    assert answer["attendees"] == sorted(odd)
    assert len(answer["common"]) == 1


def test_time_free_over_midnight_is_one_interval(person: Store, common: Ask) -> None:
    answer = common(person("ann", "sunday 22-24", "monday 00-03"), start="2026-11-29", end="2026-12-01")

    assert spans(answer) == [("2026-11-29T22:00:00+00:00", "2026-11-30T03:00:00+00:00")]
    assert answer["common"][0]["day"] == "sunday"
    assert answer["common"][0]["minutes"] == 300


def test_somebody_always_free_is_free_for_the_whole_window(person: Store, common: Ask) -> None:
    answer = common(person("ann", *ALWAYS), start="2026-09-01T10:07:00Z", end="2026-11-30T11:00:00Z")

    assert spans(answer) == [("2026-09-01T10:07:00+00:00", "2026-11-30T11:00:00+00:00")]
    assert answer["common"][0]["minutes"] == 90 * 24 * 60 + 53


def test_a_week_recurs_throughout_the_window(person: Store, common: Ask) -> None:
    answer = common(person("ann", "monday 09-10"), start="2026-11-23", end="2026-12-14")

    assert [start for start, _ in spans(answer)] == [
        "2026-11-23T09:00:00+00:00",
        "2026-11-30T09:00:00+00:00",
        "2026-12-07T09:00:00+00:00",
    ]


def test_a_new_week_counts_at_once(users: Service, person: Store, common: Ask) -> None:
    ann = person("ann", "monday 09-12")
    assert common(ann, **WEEK)["common"]

    requests.put(f"{users.url}/users/{ann}/availability", json={"intervals": []}, timeout=30).raise_for_status()

    assert common(ann, **WEEK)["empty_reason"] == "no_availability"


def test_fifty_long_emails_fit_into_a_query(users: Service, client: APIClient) -> None:
    long = [f"{number:02}%{'+' * 60}@{'ä' * 57}.{'b' * 60}.org" for number in range(50)]

    answer = client.get("/availability/common", {"attendees": long})

    assert answer.status_code == 404
    assert answer.json()["unknown_attendees"] == sorted(long)
