"""The heat map as a page."""

import re
from typing import Any

import pytest
from rest_framework.test import APIClient

from availability_service.heatmap.details import MAX_NAMES, details
from availability_service.heatmap.picture import picture
from tests.availability_service.test_common import WEEK
from tests.support.pages import BROWSER
from tests.support.people import Store

PATH = "/availability/heatmap"
MONDAY = {"start": "2026-11-23", "end": "2026-11-24"}
CELL = re.compile(r'<a [^>]*data-more="([^"]+)"')


def test_a_browser_gets_the_picture_in_a_page_unless_it_asks_for_another(person: Store, client: APIClient) -> None:
    question = {"attendees": [person("ann", "monday 09-12")], **MONDAY}

    page = client.get(PATH, question, headers={"Accept": BROWSER})
    same = client.get(PATH, {**question, "format": "html"})
    browsable = client.get(PATH, {**question, "format": "api"})

    for answer in (page, same, browsable):
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert [len(CELL.findall(answer.text)) for answer in (page, same, browsable)] == [24, 24, 0]
    assert "&quot;quorum_minutes&quot;" in browsable.text


def test_hours_that_are_alike_are_told_once(person: Store, client: APIClient) -> None:
    group = [person("ann", "monday 09-12"), person("bob", "monday 11-13")]

    page = client.get(PATH, {"attendees": group, **WEEK}, headers={"Accept": BROWSER}).text

    told = re.findall(r'<section id="(told-\d+)">(.*?)</section>', page)
    cells = CELL.findall(page)
    assert len(cells) == 168
    assert {name for name, _ in told} == set(cells)
    assert [re.sub("<[^>]+>", " ", text).split() for _, text in told] == [
        ["Not", "free", "(2)", "ann@example.org,", "bob@example.org"],
        ["Free", "(1)", "ann@example.org", "Not", "free", "(1)", "bob@example.org"],
        ["Free", "(2)", "ann@example.org,", "bob@example.org"],
        ["Free", "(1)", "bob@example.org", "Not", "free", "(1)", "ann@example.org"],
    ]


def test_an_email_is_shown_as_text_and_never_run(person: Store, client: APIClient) -> None:
    oneil = person("o'neil&b", "monday 09-12")

    page = client.get(PATH, {"attendees": [oneil], **MONDAY}, headers={"Accept": BROWSER}).text

    assert "o&#x27;neil&amp;b@example.org" in page
    assert "neil&b" not in page


@pytest.mark.parametrize("names", ["true", "false"])
def test_names_are_told_only_if_they_are_asked_for(person: Store, client: APIClient, names: str) -> None:
    question = {"attendees": [person("ann", "monday 09-12")], "names": names, **MONDAY}

    page = client.get(PATH, question, headers={"Accept": BROWSER}).text

    assert ("Free (1)" in page) == (names == "true")


def test_of_very_many_names_only_some_are_shown() -> None:
    emails = [f"p{number:04}@example.org" for number in range(1000)]
    hour: dict[str, Any] = {
        "start": "2026-11-23T09:00:00+00:00",
        "end": "2026-11-23T10:00:00+00:00",
        "minutes": 60,
        "quorum_minutes": 0,
        "available_count": 0,
        "partly_count": 0,
        "available": [],
        "partly": [],
        "missing": emails,
    }
    answer = {"people_count": 1000, "days": [{"date": "2026-11-23", "hours": [hour]}]}

    ((told,), _) = details(picture(answer))

    (group,) = told.groups
    assert (group.names, group.more) == (tuple(emails[:MAX_NAMES]), 1000 - MAX_NAMES)


def test_a_page_of_ninety_two_days_stays_of_a_size_that_a_browser_likes(person: Store, client: APIClient) -> None:
    question = {"attendees": [person("ann", "monday 09-12")], "start": "2026-11-23", "end": "2027-02-23"}

    page = client.get(PATH, question, headers={"Accept": BROWSER})

    assert len(CELL.findall(page.text)) == 92 * 24
    assert len(page.content) < 1_500_000


def test_a_question_with_faults_is_a_page_with_the_form(client: APIClient) -> None:
    page = client.get(PATH, headers={"Accept": BROWSER})

    assert page.status_code == 400
    assert 'name="attendees"' in page.text
