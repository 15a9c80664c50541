"""Which representation a client gets."""

import pytest
from rest_framework.test import APIClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JSON, PAGE = "application/json", "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        ("", None, JSON),
        ("", "*/*", JSON),
        ("", "application/*", JSON),
        ("", "application/problem+json, application/json", JSON),
        ("", BROWSER, PAGE),
        ("", "text/html", PAGE),
        ("?format=api", None, PAGE),
        ("?format=json", BROWSER, JSON),
        ("?format=json", JSON, JSON),
    ],
)
def test_format_chooses_among_what_is_accepted(
    client: APIClient, query: str, accept: str | None, content_type: str
) -> None:
    answer = client.get(f"/{query}", headers={"Accept": accept} if accept else {})

    assert answer.status_code == 200
    assert answer["Content-Type"] == content_type
    assert "Accept" in answer["Vary"]


@pytest.mark.parametrize("path", ["/", "/echo", "/health", "/health/live", "/nowhere"])
@pytest.mark.parametrize("name", ["xml", "JSON", "json ", ""])
def test_an_unknown_format_is_a_problem_that_names_the_known(client: APIClient, path: str, name: str) -> None:
    answer = client.get(path, {"format": name})

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "This is not answered in such a format. Known here: api, json."


@pytest.mark.parametrize("path", ["/", "/echo?text=a", "/health", "/nowhere", "/?format=json"])
@pytest.mark.parametrize("accept", ["application/xml", "image/png, text/csv", "nonsense", ",", "a" * 10_000])
def test_nothing_acceptable_is_a_problem(client: APIClient, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})

    assert answer.status_code == 406
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:w2meet:problem:not-acceptable"
