"""Options of a command line, made from the fields of a serializer: a parameter is written once, there."""

from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from common.api.fields import BooleanField, IntegerField, describe
from common.api.serializers import StrictSerializer, validate

Field = serializers.Field[Any, Any, Any, Any]


def add(parser: ArgumentParser, serializer: type[StrictSerializer], positional: str = "") -> None:
    """Adds an option for each field. The list field named `positional` takes the arguments without an option."""
    for name, field in serializer().fields.items():
        text = describe(field).replace("%", "%%")
        option = f"--{name.replace('_', '-')}"
        if name == positional:
            parser.add_argument(name, nargs="+", metavar="EMAIL", help=text)
        elif isinstance(field, serializers.ListField):
            # One value each: with more, an option would swallow the arguments that follow it.
            parser.add_argument(option, action="append", metavar="EMAIL", help=f"{text} Repeat it for each.")
        else:
            parser.add_argument(option, help=text, **_kind(field))


def read(serializer: type[StrictSerializer], options: Mapping[str, Any]) -> dict[str, Any]:
    """The validated values of the options that were given. Raises ValidationError."""
    fields = serializer().fields
    query = QueryDict(mutable=True)
    for name, value in options.items():
        if name in fields and value is not None:
            query.setlist(name, value if isinstance(value, list) else [str(value)])
    return validate(serializer, query)


def _kind(field: Field) -> dict[str, Any]:
    if isinstance(field, BooleanField):
        return {"action": BooleanOptionalAction}
    if isinstance(field, serializers.ChoiceField):
        return {"choices": list(field.choices)}
    return {"metavar": "N"} if isinstance(field, IntegerField) else {}
