"""A slash at the end of a path, where emails may hold slashes themselves."""

import pytest
from rest_framework.test import APIClient


@pytest.mark.parametrize("email", ["a/b@example.org", "/a@example.org", "a//b/@example.org", "a%2f?b@example.org"])
@pytest.mark.parametrize("end", ["", "/availability"])
def test_who_has_a_slash_in_the_email_is_found_with_and_without_one_at_the_end(
    client: APIClient, email: str, end: str
) -> None:
    created = client.post("/users", {"email": email, "name": "Somebody"}, format="json")
    path = f"{created['Location']}{end}"

    assert client.get(path).json()["email"] == email
    redirect = client.get(f"{path}/")
    assert redirect.status_code == 301
    assert client.get(redirect["Location"]).json()["email"] == email


@pytest.mark.usefixtures("ann")
def test_a_change_with_a_slash_at_the_end_is_led_to_where_it_works(client: APIClient) -> None:
    answer = client.patch("/users/ann@example.org/", {"name": "Anna"}, format="json", follow=True)

    assert answer.status_code == 200
    assert client.get("/users/ann@example.org").json()["name"] == "Anna"


def test_nobody_is_nobody_with_a_slash_too(client: APIClient) -> None:
    assert client.get("/users/nobody@example.org/", follow=True).status_code == 404
    assert client.get("/users/nobody/evil.example/", follow=True).status_code == 404
