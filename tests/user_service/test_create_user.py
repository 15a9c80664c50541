"""POST /users."""

from rest_framework.test import APIClient


def test_a_user_is_created_and_can_be_read(client: APIClient) -> None:
    created = client.post("/users", {"email": " Ann@Example.org ", "name": "Ann"}, format="json")

    assert created.status_code == 201
    assert created["Location"] == "/users/ann@example.org"
    assert created.json().items() >= {"email": "ann@example.org", "name": "Ann", "timezone": "UTC"}.items()
    read = client.get(created["Location"])
    assert read.json() == created.json()
    assert read["ETag"] == created["ETag"]
