"""What a browser sees of suggestion-service."""

import pytest
from rest_framework.test import APIClient

from tests.suggestion_service.test_suggestions import WEEK
from tests.support.pages import BROWSER, loaded
from tests.support.people import Store
from tests.support.servers import Service


def test_a_browser_sees_suggestions_on_a_page(person: Store, availability: Service, client: APIClient) -> None:
    question = {"attendees": [person("ann", "monday 09-12"), person("bob", "monday 08-11")], **WEEK}

    answer = client.get("/suggestions", question, headers={"Accept": BROWSER})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "2026-11-23T09:00:00+00:00" in answer.text


@pytest.mark.parametrize("path", ["/", "/docs", "/health/live"])
def test_every_page_opens_in_a_browser(client: APIClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": BROWSER})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_the_examples_say_whose_people_they_are(client: APIClient) -> None:
    page = client.get("/", headers={"Accept": BROWSER}).text

    assert "seed_demo" in page[page.index("Try it") : page.index("The first free hour of two people")]


@pytest.mark.parametrize("path", ["/", "/docs", "/suggestions", "/nowhere"])
def test_no_page_loads_anything_from_another_host(client: APIClient, path: str) -> None:
    addresses = loaded(client.get(path, headers={"Accept": BROWSER}).text)

    assert addresses
    assert all(address.startswith(("/static/", "data:", "/docs")) for address in addresses)


def test_a_first_visit_is_a_form_and_no_fault(client: APIClient) -> None:
    answer = client.get("/suggestions", headers={"Accept": BROWSER})

    assert answer.status_code == 200
    assert "Nothing has been asked yet." in answer.text
    assert client.get("/suggestions").status_code == 400
