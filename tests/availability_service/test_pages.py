"""What a browser sees of availability-service."""

import pytest
from rest_framework.test import APIClient

from tests.availability_service.test_common import WEEK
from tests.support.pages import BROWSER, loaded
from tests.support.people import Store


def test_a_browser_sees_common_time_on_a_page(person: Store, client: APIClient) -> None:
    question = {"attendees": [person("ann", "monday 09-12"), person("bob", "monday 08-11")], **WEEK}

    answer = client.get("/availability/common", question, headers={"Accept": BROWSER})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "2026-11-23T09:00:00+00:00" in answer.text
    assert "When up to 50 people can meet." in answer.text or "When a group can meet." in answer.text


@pytest.mark.parametrize("path", ["/", "/docs", "/health", "/health/live"])
def test_every_page_opens_in_a_browser(client: APIClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": BROWSER})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/docs", "/availability/common", "/nowhere"])
def test_no_page_loads_anything_from_another_host(client: APIClient, path: str) -> None:
    addresses = loaded(client.get(path, headers={"Accept": BROWSER}).text)

    assert addresses
    assert all(address.startswith(("/static/", "data:", "/docs")) for address in addresses)


def test_a_question_with_faults_is_shown_as_a_page_of_its_status(client: APIClient) -> None:
    answer = client.get("/availability/common?attendees=<script>alert(1)</script>", headers={"Accept": BROWSER})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "<script>alert" not in answer.text


def test_the_root_links_to_what_there_is(client: APIClient) -> None:
    links = client.get("/").json()

    assert links.pop("service") == "availability-service"
    assert links["common"] == "http://testserver/availability/common"
    assert links["heatmap"] == "http://testserver/availability/heatmap"
    assert all(client.get(link).status_code != 404 for link in links.values())


def test_a_first_visit_is_a_form_and_no_fault(client: APIClient) -> None:
    answer = client.get("/availability/common", headers={"Accept": BROWSER})

    assert answer.status_code == 200
    assert "Nothing has been asked yet." in answer.text
    assert client.get("/availability/common").status_code == 400
