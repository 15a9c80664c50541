"""What the fields of a request mean to people, and how a form shows and reads them."""

from typing import Any, Protocol, runtime_checkable

from rest_framework import serializers

from common.api.fields import BooleanField, EmailListField, IntegerField, TimeZoneField
from common.api.serializers import AnyField

TEXT, EMAIL, LIST, ZONE = "text", "email", "list", "zone"
INTEGER, BOOLEAN, CHOICE, JSON = "integer", "boolean", "choice", "json"

_KINDS: dict[str, type[Any] | tuple[type[Any], ...]] = {
    LIST: EmailListField,
    INTEGER: IntegerField,
    BOOLEAN: BooleanField,
    ZONE: TimeZoneField,
    EMAIL: serializers.EmailField,
    CHOICE: serializers.ChoiceField,
    JSON: (serializers.ListField, serializers.BaseSerializer),
}


@runtime_checkable
class Widget(Protocol):
    """A field that is shown by a template of its own. The kind tells the script of our pages how to read it."""

    template: str

    def show(self, value: Any) -> Any:
        """What the template shows of a value."""

    def read(self, texts: list[str]) -> Any:
        """The value that a form without a script sent."""


def kind(field: AnyField) -> str:
    """The kind of a field."""
    return next((name for name, types in _KINDS.items() if isinstance(field, types)), TEXT)
