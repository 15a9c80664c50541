"""The heat map as a page for people, at an address of its own and as an answer of the API."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.http import QueryDict
from django.test import override_settings
from rest_framework.test import APIClient

from availability_service.heatmap.cells import build_cells
from availability_service.heatmap.details import FEWEST_NAMES, MOST_NAMES, NAMES, list_details
from tests.availability_service.test_common import WEEK
from tests.support.pages import BROWSER, loaded
from tests.support.people import Store
from tests.support.servers import HOST, Service, free_port

PATH, API = "/heatmap", "/availability/heatmap"
OTHERS = {"user-service": "https://week.example.org", "suggestion-service": "https://find.example.org"}
MONDAY = {"start": "2026-11-23", "end": "2026-11-24"}
CELL = re.compile(r'<a class="h\d[^"]*" href="#([^"]+)"')
TOLD = re.compile(r'<a id="(who-\d+)" hidden></a>\s*<section>(.*?)</section>')


def words(page: str) -> list[str]:
    """What each of the texts about an hour says."""
    return [
        " ".join(unescape(re.sub("</?(b|p)>", " ", text)).replace(" :", ":").split()) for _, text in TOLD.findall(page)
    ]


def test_the_first_visit_is_a_form(client: APIClient) -> None:
    page = client.get(PATH)

    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert 'name="attendees"' in page.text
    assert "<table" not in page.text
    assert 'role="alert"' not in page.text
    assert all(address.startswith("/static/") for address in loaded(page.text))


def test_an_address_that_says_who_is_answered_with_the_map(person: Store, client: APIClient) -> None:
    page = client.get(PATH, {"attendees": [person("ann", "monday 09-12"), person("bob", "monday 11-13")], **WEEK})

    assert page.status_code == 200
    assert len(CELL.findall(page.text)) == 168
    assert 'aria-label="Mon 23 Nov 11:00 to 12:00: 2 of 2 free">2</a>' in page.text
    assert "<li>Mon 23 Nov 11:00 to 12:00: 2 of 2 free</li>" in page.text


def test_what_the_form_sends_gets_an_address_that_can_be_shared(person: Store, client: APIClient) -> None:
    ann, bob = person("ann", "monday 09-12"), person("bob", "monday 11-13")
    form = {
        "attendees": f"Ann <{ann}>; {bob}",
        "optional_attendees": "",
        "min_attendees": "1",
        "start": "2026-11-23",
        "last_day": "2026-11-23",
        "timezone": "Europe/Berlin",
    }

    answer = client.get(PATH, form)

    assert answer.status_code == 302
    assert QueryDict(urlsplit(answer["Location"]).query).dict() == {
        "attendees": bob,
        "min_attendees": "1",
        "timezone": "Europe/Berlin",
        **MONDAY,
    }
    assert len(CELL.findall(client.get(answer["Location"]).text)) == 24


@override_settings(PUBLIC_URLS=OTHERS)
def test_it_links_to_the_other_pages_with_the_same_question(person: Store, client: APIClient) -> None:
    question = f"attendees={person('ann')}&start=2026-11-23&end=2026-11-24"

    page = unescape(client.get(f"{PATH}?{question}").text)

    assert 'href="https://week.example.org/week"' in page
    links = re.findall(r'href="https://find\.example\.org/find\?([^"]*)"', page)
    picture = re.findall(r'href="/availability/heatmap\?([^"]*)"', page)
    assert [QueryDict(link) for link in links] == [QueryDict(question)] * 2
    assert [QueryDict(link) for link in picture] == [QueryDict(f"{question}&format=svg")]
    assert client.get(f"{API}?{picture[0]}")["Content-Type"] == "image/svg+xml; charset=utf-8"


def test_hours_that_are_alike_are_told_once(person: Store, client: APIClient) -> None:
    group = [person("ann", "monday 09-12"), person("bob", "monday 11-13")]

    page = client.get(PATH, {"attendees": group, **WEEK}).text

    cells = CELL.findall(page)
    assert len(cells) == 168
    assert {name for name, _ in TOLD.findall(page)} == set(cells)
    assert words(page) == [
        "0 of 2 free Not free: ann@example.org, bob@example.org",
        "1 of 2 free: ann@example.org Not free: bob@example.org",
        "2 of 2 free: ann@example.org, bob@example.org",
        "1 of 2 free: bob@example.org Not free: ann@example.org",
    ]


def test_who_is_free_for_a_part_of_an_hour_is_told_with_the_minutes(person: Store, client: APIClient) -> None:
    raj = person("raj", "monday 15-18", timezone="Asia/Kathmandu")

    page = client.get(PATH, {"attendees": raj, **MONDAY}).text

    told = "0 of 1 free 1 for a part of the hour: raj@example.org (45 minutes)"
    assert told in words(page)


def test_the_legend_says_for_how_many_people_a_colour_stands(person: Store, client: APIClient) -> None:
    def legend(people: int) -> list[tuple[str, str]]:
        page = client.get(PATH, {"attendees": group[:people], **MONDAY})
        return re.findall(r'<li class="h(\d)">([^<]+)</li>', page.text)

    group = [person(f"p{number}") for number in range(20)]

    assert legend(3) == [("0", "0"), ("3", "1"), ("6", "2"), ("9", "3")]
    assert legend(20)[:4] == [("0", "0"), ("1", "1 to 2"), ("2", "3 to 4"), ("3", "5 to 6")]
    assert legend(20)[-1] == ("9", "18 to 20")


def test_a_long_window_is_a_table_a_week(person: Store, client: APIClient) -> None:
    page = client.get(PATH, {"attendees": person("ann"), "start": "2026-11-23", "end": "2026-12-09"}).text

    assert re.findall(r"<caption>(.*?)</caption>", page) == [
        "23 Nov 2026 to 29 Nov 2026",
        "30 Nov 2026 to 6 Dec 2026",
        "7 Dec 2026 to 8 Dec 2026",
    ]


@pytest.mark.parametrize(
    ("date", "cells"), [("2026-03-29", [1, 1, 0, 1]), ("2026-10-25", [1, 1, 2, 1])], ids=["skipped", "repeated"]
)
def test_a_skipped_hour_is_a_gap_and_a_repeated_one_shares_its_row(
    person: Store, client: APIClient, date: str, cells: list[int]
) -> None:
    question = {"attendees": person("ann"), "start": f"{date[:-2]}22", "end": f"{date[:-2]}{int(date[-2:]) + 1}"}

    page = client.get(PATH, {**question, "timezone": "Europe/Berlin"}).text

    rows = [row.rpartition("<td>")[2] for row in re.findall(r'<tr><th scope="row">.*?</tr>', page)]
    assert [len(CELL.findall(row)) for row in rows][:4] == cells


def test_an_email_is_shown_as_text_and_never_run(person: Store, client: APIClient) -> None:
    page = client.get(PATH, {"attendees": [person("o'neil&b", "monday 09-12")], **MONDAY}).text

    assert "o&#x27;neil&amp;b@example.org" in page
    assert "neil&b" not in page


@pytest.mark.parametrize("query", ["attendees=", "attendees=<script>alert(1)</script>", "attendees=a@b.org&start=x"])
def test_a_question_with_faults_is_the_form_with_what_was_typed(client: APIClient, query: str) -> None:
    page = client.get(f"{PATH}?{query}")

    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    assert "autofocus" in page.text
    assert "<script>alert" not in page.text


@override_settings(PUBLIC_URLS=OTHERS)
def test_who_is_unknown_is_told_beside_what_was_typed(person: Store, client: APIClient) -> None:
    page = client.get(PATH, {"attendees": [person("ann"), "a+b@x.org"], "optional_attendees": "nor@example.org"})

    assert page.status_code == 404
    assert "These addresses are not known here." in page.text
    assert "nor@example.org" in page.text
    assert 'href="https://week.example.org/week?email=a%2Bb%40x.org"' in page.text
    assert "ann@example.org\na+b@x.org</textarea>" in page.text


def test_a_service_below_that_is_gone_is_told_beside_the_question() -> None:
    with Service("availability-service", USER_SERVICE_URL=f"http://{HOST}:{free_port()}") as lonely:
        page = requests.get(f"{lonely.url}{PATH}", {"attendees": "ann@example.org"}, timeout=30)

    assert page.status_code == 503
    assert "cannot be looked up at the moment" in page.text
    assert '<a href="?attendees=ann@example.org">try again</a>' in page.text
    assert "ann@example.org</textarea>" in page.text


def test_of_very_many_names_only_some_are_shown() -> None:
    def most_names(hours: int) -> int:
        emails = [f"p{number:04}@example.org" for number in range(100)]
        numbers = {"minutes": 60, "quorum_minutes": 0, "partly_count": 0, "partly": []}
        answer: dict[str, Any] = {"people_count": 100, "days": [{"date": "2026-11-23", "hours": []}]}
        for nth in range(hours):
            times = {"start": "2026-11-23T09:00:00+00:00", "end": "2026-11-23T10:00:00+00:00", "available_count": nth}
            answer["days"][0]["hours"].append(numbers | times | {"available": [], "missing": emails})
        details = list_details(build_cells(answer)[0], people=100)
        assert len(details) == hours
        (_, absent) = details[0].groups
        assert (absent.names, absent.more) == (emails[: len(absent.names)], 100 - len(absent.names))
        return len(absent.names)

    assert (most_names(1), most_names(2208)) == (MOST_NAMES, FEWEST_NAMES)
    assert most_names(500) == NAMES // 1000


def test_a_page_of_ninety_two_days_stays_of_a_size_that_a_browser_likes(person: Store, client: APIClient) -> None:
    group = [person(f"p{number}", f"monday {number % 12:02}-{number % 12 + 9:02}") for number in range(100)]

    page = client.get(PATH, {"attendees": group, "start": "2026-11-23", "end": "2027-02-23"})

    assert len(CELL.findall(page.text)) == 92 * 24
    assert len(page.content) < 500_000


def test_a_browser_gets_the_browsable_api_unless_it_asks_for_the_page(person: Store, client: APIClient) -> None:
    question = {"attendees": [person("ann", "monday 09-12")], **MONDAY}

    browsable = client.get(API, question, headers={"Accept": BROWSER})
    page = client.get(API, {**question, "format": "html"})
    posted = client.post(f"{API}?format=html", question, format="json")

    for answer in (page, posted, browsable):
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/html; charset=utf-8"
        assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert [len(CELL.findall(answer.text)) for answer in (page, posted, browsable)] == [24, 24, 0]
    for answer in (page, posted):
        assert "ann@example.org</textarea>" in answer.text
        assert 'value="2026-11-23"' in answer.text
    assert "&quot;quorum_minutes&quot;" in browsable.text


@pytest.mark.parametrize("names", ["true", "false"])
def test_names_are_told_only_if_they_are_asked_for(person: Store, client: APIClient, names: str) -> None:
    question = {"attendees": [person("ann", "monday 09-12")], "names": names, **MONDAY}

    page = client.get(API, {**question, "format": "html"}).text

    assert ("1 of 1 free: ann@example.org" in words(page)) == (names == "true")
    assert ("1 of 1 free" in words(page)) == (names == "false")


def test_the_api_tells_faults_on_the_page(person: Store, client: APIClient) -> None:
    ann = person("ann")

    unknown = client.get(API, {"attendees": "no@example.org", "format": "html"})
    posted = client.post(f"{API}?format=html", {"attendees": ["no@example.org"]}, format="json")
    typo = client.get(API, {"attendees": ann, "atendees": ann, "format": "html"})
    nothing = client.get(API, {"format": "html"})

    assert [answer.status_code for answer in (unknown, posted, typo, nothing)] == [404, 404, 400, 400]
    assert "<li>no@example.org" in unknown.text
    assert "<li>no@example.org" in posted.text
    assert "atendees: Unknown name." in typo.text
    assert 'name="attendees"' in nothing.text


@pytest.mark.parametrize("representation", ["html", "svg"])
def test_there_is_no_picture_of_what_options_tell(client: APIClient, representation: str) -> None:
    assert client.options(f"{API}?format={representation}").status_code == 404
    assert client.options(API, headers={"Accept": BROWSER}).status_code == 200
