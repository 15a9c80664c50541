"""What the forms of the pages send where no script turns it into JSON."""

from typing import Any
from urllib.parse import urlencode

import pytest
from rest_framework.test import APIClient

from tests.support.pages import BROWSER

ANN = "/users/ann@example.org"
WEEK = f"{ANN}/availability"
OWN, FOREIGN = "http://testserver", "http://evil.example"


def send(client: APIClient, path: str, *fields: tuple[str, str], origin: str | None = OWN) -> Any:
    """Sends a form as a browser does."""
    headers = {"Accept": BROWSER} | ({"Origin": origin} if origin else {})
    return client.post(path, urlencode(fields), content_type="application/x-www-form-urlencoded", headers=headers)


def test_a_form_changes_what_its_method_says_and_leads_on(client: APIClient, ann: dict[str, Any]) -> None:
    answer = send(client, ANN, ("_method", "PATCH"), ("name", "Anna"), ("timezone", ""))

    assert (answer.status_code, answer["Location"], answer.content) == (303, f"{ANN}#saved", b"")
    assert client.get(ANN).json().items() >= {"name": "Anna", "timezone": "Europe/Berlin"}.items()


@pytest.mark.parametrize("email", ["a/b%c?d#e@example.org", "u@exämple.org", "o'neil+1@example.org"])
def test_a_form_leads_to_users_of_any_email(client: APIClient, email: str) -> None:
    made = send(client, "/users", ("email", email), ("name", "Odd"))
    path = made["Location"].removesuffix("#saved")

    changed = send(client, path, ("_method", "PATCH"), ("name", "Odder"))
    gone = send(client, path, ("_method", "DELETE"))

    assert [changed.status_code, gone.status_code, gone["Location"]] == [303, 303, "/users"]
    assert changed["Location"].isascii()
    assert client.get(changed["Location"].removesuffix("#saved")).status_code == 404


def test_boxes_are_a_grid_also_when_none_is_ticked(client: APIClient, ann: dict[str, Any]) -> None:
    for places, expected in (["0.9", "6.23"], 2), ([], 0):
        fields = [("grid", ""), *(("grid", place) for place in places)]
        assert send(client, WEEK, ("_method", "PUT"), *fields).status_code == 303
        assert sum(map(sum, client.get(WEEK).json()["grid"])) == expected


def test_json_in_a_field_is_read_as_json(client: APIClient, ann: dict[str, Any]) -> None:
    monday = '[{"day": "monday", "start": "10:00", "end": "11:00"}]'

    assert send(client, WEEK, ("_method", "PUT"), ("intervals", monday)).status_code == 303
    assert client.get(WEEK).json()["intervals"] == [{"day": "monday", "start": "10:00", "end": "11:00"}]


def test_a_form_of_a_version_that_is_gone_changes_nothing(client: APIClient, ann: dict[str, Any]) -> None:
    answer = send(client, WEEK, ("_method", "PUT"), ("_if_match", '"old"'), ("grid", "0.0"))

    assert answer.status_code == 412
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert client.get(WEEK).json()["grid"][0][0] == 0


def test_what_was_made_is_where_a_form_leads(client: APIClient) -> None:
    answer = send(client, "/users", ("email", "eve@example.org"), ("name", "Eve"), ("availability", ""))

    assert (answer.status_code, answer["Location"]) == (303, "/users/eve@example.org#saved")


def test_what_is_gone_leads_one_up(client: APIClient, ann: dict[str, Any]) -> None:
    answer = send(client, ANN, ("_method", "DELETE"))

    assert (answer.status_code, answer["Location"]) == (303, "/users")
    assert client.get(ANN).status_code == 404


def test_faults_of_a_form_are_told_on_a_page(client: APIClient) -> None:
    answer = send(client, "/users", ("email", "eve"), ("availability", "{"))

    assert answer.status_code == 400
    for fault in ("Enter a valid email address.", "This field is required.", "Expected a dictionary"):
        assert fault in answer.text


@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://testserver.evil.example", None])
def test_a_form_of_another_site_is_not_read(client: APIClient, ann: dict[str, Any], origin: str | None) -> None:
    assert send(client, "/users", ("email", "eve@example.org"), ("name", "Eve"), origin=origin).status_code == 415
    assert send(client, ANN, ("_method", "DELETE"), origin=origin).status_code == 405
    assert client.get(ANN).status_code == 200


def test_a_form_that_is_too_long_is_not_read(client: APIClient) -> None:
    assert send(client, "/users", ("email", "e" * 2 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "TRACE", "put", ""])
def test_a_form_stands_for_no_other_method(client: APIClient, ann: dict[str, Any], method: str) -> None:
    assert send(client, ANN, ("_method", method)).status_code == 405


def test_a_typo_in_a_form_does_not_pass_silently(client: APIClient, ann: dict[str, Any]) -> None:
    answer = send(client, ANN, ("_method", "PATCH"), ("nmae", "Anna"))

    assert answer.status_code == 400
    assert "Unknown name." in answer.text


def test_what_was_left_empty_in_a_question_is_not_asked(client: APIClient, ann: dict[str, Any]) -> None:
    page = client.get("/users?limit=&cursor=", headers={"Accept": BROWSER})

    assert page.status_code == 200
    assert 'data-address="/users"' in page.text
    assert client.get("/users?limit=&cursor=").status_code == 400
