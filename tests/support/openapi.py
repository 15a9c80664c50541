"""What holds for the OpenAPI document of every service."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
from rest_framework.test import APIClient

FOLDER = Path(__file__).parent.parent
RENEW = "If the change is meant, `make schemas` renews it; read what `git diff` then shows."


def check_golden(service: str) -> None:
    """The document that is served is the one that was last agreed to."""
    golden = FOLDER / service / "openapi.yml"
    served = APIClient().get("/schema").content.decode()
    assert served == golden.read_text(), f"{golden.relative_to(FOLDER.parent)} no longer holds. {RENEW}"


def check_examples() -> None:
    """Each operation has a summary, and each example is what its schema allows."""
    document = APIClient().get("/schema", {"format": "json"}).json()
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert all(operation["summary"] for operation in operations)
    examples = [example for operation in operations for example in _examples(operation)]
    assert examples
    for schema, example in examples:
        jsonschema_rs.validate(schema | {"components": document["components"]}, example)


def _examples(operation: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
        for media in holder.get("content", {}).values():
            for example in media.get("examples", {}).values():
                yield media["schema"], example["value"]
