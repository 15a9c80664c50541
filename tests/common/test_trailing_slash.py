"""A path of ours with a slash at its end leads to the path without."""

import pytest
from rest_framework.test import APIClient


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/health/", "/health"),
        ("/health/live/", "/health/live"),
        ("/echo///", "/echo"),
        ("/echo/?text=a%2Fb/&emails=a%2Bb@c.de", "/echo?text=a%2Fb/&emails=a%2Bb@c.de"),
        ("/echo/?text=a&next=//evil.example/", "/echo?text=a&next=//evil.example/"),
        ("/docs/", "/docs"),
    ],
)
def test_reading_is_redirected_with_the_query(client: APIClient, method: str, path: str, location: str) -> None:
    answer = getattr(client, method)(path)

    assert (answer.status_code, answer["Location"]) == (301, location)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_what_is_no_reading_is_redirected_so_that_method_and_body_stay(client: APIClient, method: str) -> None:
    answer = getattr(client, method)("/echo/?a=1", {"text": "a"}, format="json")

    assert (answer.status_code, answer["Location"]) == (308, "/echo?a=1")


@pytest.mark.parametrize("path", ["/", "/echo?text=a/", "/health/live"])
def test_a_path_without_one_is_answered(client: APIClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/nowhere/", "//", "//evil.example/", "//evil.example/echo/", "//echo/", "/\\echo/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_where_nothing_is_either_way_nobody_is_led_anywhere(client: APIClient, method: str, path: str) -> None:
    answer = getattr(client, method)("/", PATH_INFO=path)

    assert answer.status_code == 404
    assert "Location" not in answer


def test_a_foreign_host_is_refused_before(client: APIClient) -> None:
    assert client.get("/echo/", HTTP_HOST="evil.example").status_code == 400
