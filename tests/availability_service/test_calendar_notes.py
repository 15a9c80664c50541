"""What the heat map says of calendars that are known only in part (contract, section 12)."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import requests
from rest_framework.test import APIClient

from availability_service import clients
from tests.availability_service.test_common import WEEK
from tests.support.domain import minute
from tests.support.neighbour import Neighbour, answers
from tests.support.people import ALWAYS, Store, email
from tests.support.servers import Service

MONDAY, LATER = minute("2026-11-23T14:00Z"), minute("2028-01-05T00:00Z")
PATH = "/availability/heatmap"
FREE = "f" * 42

Ask = Callable[..., str]
Known = dict[str, list[Any]]


@pytest.fixture
def ask(neighbour: Neighbour, client: APIClient, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """The words of a page or picture about people whose calendars are known so.

    A neighbour says it: calendars that failed after they had been read take a reader, and time.
    """
    monkeypatch.setattr(clients.users, "base_url", neighbour.url)

    def read(known: Known, kind: str = "html", **parameters: Any) -> str:
        timezones = {"UTC": dict.fromkeys(known, FREE)}
        neighbour.behave = answers({"timezones": timezones, "unknown": [], "calendars": known})
        answer = client.get(PATH, {"attendees": list(known), "format": kind, **WEEK, **parameters})
        assert answer.status_code == 200, answer.content
        return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL)).split())

    return read


def test_a_page_without_calendars_or_with_known_ones_says_nothing(ask: Ask) -> None:
    for kind in ("html", "svg"):
        assert "known only in part" not in ask({email("ann"): [MONDAY, False, False, LATER]}, kind)


@pytest.mark.parametrize("kind", ["html", "svg"])
def test_it_is_told_in_words_whose_calendar_leaves_what_open(kind: str, ask: Ask) -> None:
    known: Known = {
        "ann@example.org": [MONDAY, True, False, LATER],
        "bob@example.org": [None, True, True, None],
        "cyd@example.org": [MONDAY, False, False, minute("2026-11-25T00:00Z")],
    }

    told = ask(known, kind, timezone="Europe/Berlin")

    sentences = [
        "A calendar of ann@example.org could not be read lately: it is known as of Mon 23 Nov 2026, 15:00.",
        "A calendar of bob@example.org has not been read yet.",
        "A calendar of cyd@example.org is known until Wed 25 Nov 2026, 01:00 only.",
    ]
    assert " ".join(sentences) in told
    assert told.count("ome calendars are known only in part") == 1


def test_of_very_many_some_are_named_and_the_others_counted(ask: Ask) -> None:
    told = ask({email(f"p{number:02}"): [MONDAY, True, False, LATER] for number in range(12)})

    assert told.count("could not be read lately: it is known as of") == 5
    assert "Calendars of 7 more people: could not be read lately." in told


@pytest.mark.parametrize("kind", ["html", "svg"])
def test_where_names_are_left_out_they_are_counted(kind: str, ask: Ask) -> None:
    known: Known = {email("ann"): [MONDAY, True, False, LATER]} | {
        email(name): [None, False, True, None] for name in ("bob", "cyd")
    }

    told = ask(known, kind, names="false")

    assert "Calendars of 1 person: could not be read lately. Calendars of 2 people: not read yet." in told
    assert "is known as of" not in told


def test_programs_are_told_until_when_calendars_are_known(ask: Ask, client: APIClient) -> None:
    known: Known = {email("ann"): [MONDAY, True, False, LATER], email("bob"): [MONDAY, False, False, LATER]}
    ask(known)

    answer = client.get("/availability/common", {"attendees": list(known), **WEEK}).json()

    assert answer["calendars"]["stale"] == [email("ann")]
    assert answer["calendars"]["readings"] == {
        email("ann"): {"as_of": "2026-11-23T14:00:00+00:00", "until": "2028-01-05T00:00:00+00:00"}
    }


def test_a_real_calendar_that_waits_to_be_read_is_told(users: Service, person: Store, client: APIClient) -> None:
    ann = person("ann", *ALWAYS)
    url = f"{users.url}/users/{ann}/calendars/file"
    assert (
        requests.put(url, b"BEGIN:VCALENDAR", headers={"Content-Type": "text/calendar"}, timeout=5).status_code == 202
    )

    page = client.get("/heatmap", {"attendees": ann, **WEEK})

    assert f"A calendar of {ann} has not been read yet." in page.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, "not free by their week"),
        ({"overrides/2026-11-23": {"intervals": []}}, "not free on these dates"),
        (
            {
                "calendars/work": {
                    "kind": "busy",
                    "intervals": [{"start": "2026-11-23T00:00:00Z", "end": "2026-11-24T00:00:00Z"}],
                }
            },
            "busy by their calendar",
        ),
    ],
)
def test_what_is_in_the_way_of_whom_is_told_in_words(
    body: Any, words: str, users: Service, person: Store, client: APIClient
) -> None:
    ann = person("ann", *(["monday 09-12"] if body else []))
    for path, content in (body or {}).items():
        assert requests.put(f"{users.url}/users/{ann}/{path}", json=content, timeout=5).status_code == 201
    group = [ann, person("bob", "monday 10-12")]

    page = client.get("/heatmap", {"attendees": group, **WEEK})

    assert f"In the way: {ann} ({words})." in page.text
