"""GET and POST /suggestions as text/calendar."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from rest_framework.test import APIClient

from tests.support import calendar_reader
from tests.support.commands import run
from tests.support.people import ALWAYS, Store
from tests.support.problems import CONTENT_TYPE, assert_problem
from tests.support.servers import Service

ICS = "text/calendar"
WEEK = {"start": "2026-11-23", "end": "2026-11-30"}
# On the first Sunday the clocks of Berlin show the hour from 2 to 3 twice.
AUTUMN = {"start": "2026-10-25", "end": "2026-10-27", "timezone": "Europe/Berlin", "limit": 50}


@pytest.fixture
def two(person: Store, availability: Service) -> list[str]:
    """Ann and Bob can meet on Monday from 9 to 11."""
    return [person("ann", "monday 09-12"), person("bob", "monday 08-11")]


def events(text: str) -> list[Any]:
    """The events of a calendar that has some."""
    found: list[Any] = calendar_reader.read(text).vevent_list
    return found


def people(event: Any) -> dict[str, str]:
    """The role of each attendee."""
    return {unquote(one.value): one.params["ROLE"][0] for one in getattr(event, "attendee_list", [])}


def test_a_suggestion_is_an_event_that_others_can_read(two: list[str], client: APIClient) -> None:
    before = datetime.now(UTC).replace(microsecond=0)

    answer = client.get("/suggestions", {"attendees": two, "timezone": "Europe/Berlin", "format": "ics", **WEEK})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="suggestions.ics"'
    assert "Accept" in answer["Vary"]
    (event,) = events(answer.text)
    assert "DTSTART;TZID=Europe/Berlin:20261123T100000\r\n" in answer.text
    assert event.dtstart.value.isoformat() == "2026-11-23T10:00:00+01:00"
    assert event.dtend.value.isoformat() == "2026-11-23T11:00:00+01:00"
    assert before <= event.dtstamp.value <= datetime.now(UTC)
    assert event.summary.value == "Meeting of 2"
    # Attendees without an organizer are malformed (RFC 5545, section 3.8.4.3).
    assert people(event) == {}
    assert not hasattr(event, "organizer")


def test_one_of_the_suggestions_may_be_asked_for(two: list[str], client: APIClient) -> None:
    question: dict[str, Any] = {"attendees": two, "limit": 2, "format": "ics", **WEEK}

    both = events(client.get("/suggestions", question).text)
    second = events(client.get("/suggestions", {**question, "index": 1}).text)
    none = client.get("/suggestions", {**question, "index": 2})

    assert [event.uid.value for event in second] == [both[1].uid.value]
    assert_problem(none, 404, "There is no suggestion 2: there are 2")


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_title_and_who_invites_can_be_chosen(two: list[str], client: APIClient, method: str) -> None:
    question = {"attendees": two, "title": "Lunch, at noon; \u00fcber\\all", "organizer": two[1].upper(), **WEEK}

    answer = getattr(client, method)("/suggestions", question, format="json", headers={"Accept": ICS})

    (event,) = events(answer.text)
    assert event.summary.value == "Lunch, at noon; \u00fcber\\all"
    assert event.organizer.value == f"mailto:{two[1]}"
    assert people(event) == {f"mailto:{email}": "REQ-PARTICIPANT" for email in two}


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ({"organizer": "eve@example.org"}, [("organizer", "no_attendee")]),
        ({"organizer": "eve"}, [("organizer", "invalid")]),
        ({"attendees": ["ann"], "organizer": "eve@example.org"}, [("attendees[0]", "invalid")]),
        ({"title": ""}, [("title", "blank")]),
        ({"title": "x" * 201}, [("title", "max_length")]),
        ({"title": "a\r\nATTENDEE:mailto:eve@example.org"}, [("title", "unprintable")]),
    ],
)
def test_a_bad_title_or_organizer_is_told(
    client: APIClient, more: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    answer = client.post("/suggestions", {"attendees": ["ann@example.org"], **more}, format="json")

    assert answer.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == faults


def test_each_suggestion_is_an_event_also_when_asked_in_a_body(two: list[str], client: APIClient) -> None:
    question = {"attendees": two, "limit": 5, "step": 30, **WEEK}

    answer = client.post("/suggestions", question, format="json", headers={"Accept": ICS})

    told = client.post("/suggestions", question, format="json").json()["suggestions"]
    assert len(told) == 3
    assert [(one.dtstart.value.isoformat(), one.dtend.value.isoformat()) for one in events(answer.text)] == [
        (one["start"], one["end"]) for one in told
    ]
    assert "TZID=" not in answer.text


def test_the_same_suggestion_keeps_its_uid_and_another_has_another(two: list[str], client: APIClient) -> None:
    def uids(**parameters: Any) -> list[str]:
        answer = client.get("/suggestions", {"attendees": two, "format": "ics", **WEEK, **parameters})
        return [event.uid.value for event in events(answer.text)]

    first, second = uids(limit=2)
    assert first != second
    assert uids() == uids(timezone="Asia/Kathmandu") == uids(names="false") == [first]
    assert uids(prefer="last") == [second]
    assert uids(duration=30) != [first]
    assert uids(attendees=two[:1], start="2026-11-23T09:00:00Z") != [first]


def test_who_is_optional_and_who_is_missing_is_told(two: list[str], person: Store, client: APIClient) -> None:
    guest = person("o'neil+a/b%", "monday 11-12")
    question: dict[str, Any] = {
        "attendees": two,
        "optional_attendees": guest,
        "organizer": guest,
        "min_attendees": 1,
        "prefer": "last",
        **WEEK,
    }

    (event,) = events(client.get("/suggestions", {**question, "format": "ics"}).text)

    assert people(event) == {f"mailto:{email}": "REQ-PARTICIPANT" for email in two} | {
        f"mailto:{guest}": "OPT-PARTICIPANT"
    }
    assert event.summary.value == "Meeting of 2"
    assert event.description.value == "Not free: bob@example.org"


def test_without_names_nobody_is_named(two: list[str], client: APIClient) -> None:
    answer = client.get(
        "/suggestions", {"attendees": two, "organizer": two[0], "names": "false", "format": "ics", **WEEK}
    )

    assert people(*events(answer.text)) == {}
    assert "@" not in answer.text


def test_an_empty_answer_is_a_calendar_that_says_why(two: list[str], person: Store, client: APIClient) -> None:
    question: dict[str, Any] = {"attendees": [*two, person("cyd", "monday 20-21")], "format": "ics", **WEEK}

    apart = calendar_reader.read(client.get("/suggestions", question).text)
    short = calendar_reader.read(client.get("/suggestions", {**question, "attendees": two, "duration": 600}).text)

    assert not hasattr(apart, "vevent")
    assert apart.x_w2meet_empty_reason.value == "no_overlap"
    assert short.x_w2meet_empty_reason.value == "too_short"


def test_times_are_right_also_in_the_hour_that_clocks_show_twice(
    person: Store, availability: Service, client: APIClient
) -> None:
    question: dict[str, Any] = {"attendees": person("ann", *ALWAYS), **AUTUMN}
    told = client.get("/suggestions", question).json()["suggestions"]

    text = client.get("/suggestions", {**question, "format": "ics"}).text

    clock = calendar_reader.zone(text, "Europe/Berlin")
    for event, suggestion in zip(events(text), told, strict=True):
        for side, name in ((event.dtstart, "start"), (event.dtend, "end")):
            shown = side.value
            exact = shown if shown.tzname() == "UTC" else shown.replace(tzinfo=clock)
            assert exact.astimezone(UTC) == datetime.fromisoformat(suggestion[name]), (shown, suggestion)
    assert "DTSTART:20261025T010000Z\r\n" in text
    assert "DTEND;TZID=Europe/Berlin:20261025T030000\r\n" in text


def test_a_calendar_of_very_many_names_is_refused(person: Store, availability: Service, client: APIClient) -> None:
    many = [f"user{number}@example.org" for number in range(201)]
    lines = [json.dumps({"email": email, "name": "Somebody", "week": "f" * 42}) for email in many]
    assert run("user_service", "import_users", "-", stdin="\n".join(lines)).code == 0
    question = {"attendees": many, "organizer": many[0], "names": True, "limit": 50, **WEEK}

    refused = client.post("/suggestions?format=ics", question, format="json")
    fewer = client.post("/suggestions?format=ics", question | {"limit": 49}, format="json")

    assert (refused.status_code, refused["Content-Type"]) == (400, CONTENT_TYPE)
    assert refused.json()["type"].endswith("too-many-names")
    assert fewer.text.count("ROLE=REQ-PARTICIPANT") == 201 * 49
    del question["organizer"]
    assert client.post("/suggestions?format=ics", question, format="json").text.count("BEGIN:VEVENT") == 50


@pytest.mark.parametrize("asked", [{"format": "ics"}, {}])
def test_a_fault_stays_a_problem_also_when_a_calendar_was_asked(client: APIClient, asked: dict[str, str]) -> None:
    answer = client.get("/suggestions", {"attendees": "ann", **asked}, headers={"Accept": ICS})

    assert (answer.status_code, answer["Content-Type"]) == (400, CONTENT_TYPE)
    assert answer.json()["errors"][0]["field"] == "attendees[0]"
