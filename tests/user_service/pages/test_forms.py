"""What the forms of the browsable API send, and who may send it."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from common.api.emails import MAX_EMAILS
from tests.support.pages import BROWSER

ANN = "/users/ann@example.org"
OWN, FOREIGN = "http://testserver", "http://evil.example"


def send(client: APIClient, path: str, headers: dict[str, str], **fields: str) -> Any:
    """Sends a form as REST framework's page does."""
    return client.post(path, fields, format="multipart", headers={"Accept": BROWSER, **headers})


def test_a_form_of_our_own_page_creates_a_user(client: APIClient) -> None:
    fields = {"email": "eve@example.org", "name": "Eve", "timezone": "", "csrfmiddlewaretoken": "x"}

    answer = send(client, "/users?limit=5", {"Origin": OWN}, **fields)

    assert (answer.status_code, answer["Location"]) == (201, "/users/eve@example.org")
    assert client.get("/users/eve@example.org").json()["timezone"] == "UTC"


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_browser_that_names_no_origin_says_where_a_form_comes_from(client: APIClient, site: str) -> None:
    assert send(client, "/users", {"Sec-Fetch-Site": site}, email="eve@example.org", name="Eve").status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": FOREIGN},
        {"Origin": FOREIGN, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null"},
        {"Origin": "http://testserver:81"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://[::1"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "text/plain", ""]
)
def test_what_a_foreign_page_could_send_unasked_is_not_read(
    client: APIClient, ann: dict[str, Any], headers: dict[str, str], content_type: str
) -> None:
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in FORGED.items()]
    body = "".join([*parts, "--b--\r\n"]) if "multipart" in content_type else '{"email": "eve@example.org"}'
    answers = [
        client.generic("POST", path, body, content_type, headers={"Accept": BROWSER, **headers})
        for path in ("/users", ANN)
    ]

    assert [answer.status_code for answer in answers] == [415, 405]
    assert [user["email"] for user in client.get("/users").json()["results"]] == ["ann@example.org"]
    assert client.get(ANN).json()["name"] == "Ann"


FORGED = {"email": "eve@example.org", "name": "Eve", "_method": "DELETE"}


def test_faults_of_a_form_are_told_at_their_fields_and_nothing_typed_is_lost(client: APIClient) -> None:
    answer = send(client, "/users", {"Origin": OWN}, email="eve", name="Eve <b>", nmae="typo")

    assert answer.status_code == 400
    for text in ("Enter a valid email address.", "Unknown name.", 'value="eve"', 'value="Eve &lt;b&gt;"'):
        assert text in answer.text
    assert "<b>Eve" not in answer.text


def test_a_form_for_a_user_that_there_is_stays_filled_in(client: APIClient, ann: dict[str, Any]) -> None:
    answer = send(client, "/users", {"Origin": OWN}, email="ann@example.org", name="Another")

    assert answer.status_code == 409
    assert 'value="Another"' in answer.text


def test_raw_data_that_was_refused_stays_in_its_form(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.patch(ANN, {"timezone": "Nowhere/Land"}, format="json", headers={"Accept": BROWSER})

    assert answer.status_code == 400
    textarea = answer.text.partition("<textarea")[2].partition("</textarea>")[0]
    assert "Nowhere/Land" in textarea


def test_raw_data_that_was_refused_takes_no_more_room_than_it_took_to_send(client: APIClient) -> None:
    deep = f'{{"email": {"[" * 30}{"1," * 100_000}1{"]" * 30}}}'

    answer = client.generic("POST", "/users", deep, "application/json", headers={"Accept": BROWSER})

    assert answer.status_code == 400
    assert "1,1,1" in answer.text.partition("<textarea")[2]
    assert len(answer.content) < 2 * len(deep)


def test_of_a_list_that_is_too_long_every_item_stays_but_not_a_line_each(client: APIClient) -> None:
    answer = send(client, "/users/availability/query", {"Origin": OWN}, emails="a\n" * 100_000)

    assert answer.status_code == 400
    area = answer.text.partition('name="emails"')[2].partition("</textarea>")[0]
    assert area.split().count("a") >= 99_999
    assert area.count("\n") <= MAX_EMAILS + 1


def test_a_form_of_raw_data_holds_what_is_there_to_be_changed(client: APIClient, ann: dict[str, Any]) -> None:
    for path, text in ((ANN, "Europe/Berlin"), (f"{ANN}/availability", "intervals")):
        textarea = client.get(path, headers={"Accept": BROWSER}).text.partition("<textarea")[2]
        assert text in textarea.partition("</textarea>")[0]


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "image/png"])
def test_what_cannot_be_read_is_told_on_a_page(client: APIClient, content_type: str) -> None:
    answer = client.generic("POST", "/users", "{", content_type, headers={"Accept": BROWSER, "Origin": OWN})

    assert answer.status_code == (415 if content_type == "image/png" else 400)
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_what_was_left_empty_in_a_question_is_not_asked(client: APIClient) -> None:
    answer = client.get("/users?limit=5&cursor=", headers={"Accept": BROWSER})

    assert (answer.status_code, answer["Location"]) == (302, "/users?limit=5")
    assert client.get("/users?limit=&cursor=").status_code == 400


def test_a_list_is_asked_with_an_item_a_line(client: APIClient) -> None:
    answer = client.get("/users/availability?email=a@b.cd%0D%0Ae@f.gh%0D%0A", headers={"Accept": BROWSER})

    assert (answer.status_code, answer["Location"]) == (302, "/users/availability?email=a@b.cd&email=e@f.gh")


def test_a_first_visit_is_a_form_and_no_fault(client: APIClient) -> None:
    for query in ("", "?format=api"):
        answer = client.get(f"/users/availability{query}", headers={"Accept": BROWSER})
        assert answer.status_code == 200
        assert "Nothing has been asked yet." in answer.text
        assert 'name="email"' in answer.text
    assert client.get("/users/availability").status_code == 400
