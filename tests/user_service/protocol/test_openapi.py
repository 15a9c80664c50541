"""The OpenAPI document of user-service."""

from tests.support import openapi


def test_the_document_is_the_one_that_was_agreed_to() -> None:
    openapi.check_golden("user_service")


def test_every_example_is_what_its_schema_allows() -> None:
    openapi.check_examples()
