"""Strict reading of what a client sends: an unknown name is a fault, and all faults are told at once."""

import functools
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import SkipField
from rest_framework.settings import api_settings

from common.fields import BooleanField, IntegerField
from common.negotiation import FORMAT_PARAMETER

Errors = dict[str, Any]

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses unknown fields and checks across fields even when some are faulty."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The validated values by field name. Raises ValidationError with every fault found."""
        if not isinstance(data, Mapping):
            message = self.error_messages["invalid"].format(datatype=type(data).__name__)
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [message]}, code="invalid")
        values, errors = self._read(data)
        errors |= {name: [unknown(name, self.fields)] for name in data if name not in self.fields}
        errors |= self.cross_check(values, errors)
        if errors:
            raise ValidationError(errors)
        return values

    def _read(self, data: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
        values, errors = {}, {}
        for field in self._writable_fields:
            name = str(field.field_name)
            try:
                values[name] = field.run_validation(field.get_value(data))
            except ValidationError as error:
                errors[name] = error.detail
            except SkipField:
                continue
        return values, errors

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """Faults between fields, given the values that are good and the faults found so far."""
        return {}


def unknown(name: str, known: Mapping[str, Any]) -> ErrorDetail:
    """The fault of a name that nobody here understands; a typo must not pass silently."""
    allowed = ", ".join(sorted(known)) or "none"
    return ErrorDetail(f"Unknown name. Known here: {allowed}.", code="unknown")


S = TypeVar("S", bound=StrictSerializer)


@functools.cache
def instance(serializer: type[S]) -> S:
    """One shared instance a class: validation keeps no state in it, and building its fields is dear."""
    return serializer()


def read_body(serializer: type[StrictSerializer], data: Any) -> dict[str, Any]:
    """The validated body of a request. Raises ValidationError."""
    values: dict[str, Any] = instance(serializer).run_validation(data)
    return values


def read_query(serializer: type[StrictSerializer], query: QueryDict) -> dict[str, Any]:
    """The validated parameters of a query string. Raises ValidationError."""
    return read_body(serializer, plain_query(serializer, query))


def plain_query(serializer: type[StrictSerializer], query: QueryDict) -> dict[str, Any]:
    """A query string as the JSON body that would say the same. Raises ValidationError for a repeated name."""
    fields = instance(serializer).fields
    repeated = [
        name
        for name, given in query.lists()
        if len(given) > 1 and not isinstance(fields.get(name), serializers.ListField)
    ]
    if repeated:
        raise ValidationError({name: [ErrorDetail("Given more than once.", code="repeated")] for name in repeated})
    return {name: _typed(fields.get(name), given) for name, given in query.lists() if name != FORMAT_PARAMETER}


def _typed(field: serializers.Field[Any, Any, Any, Any] | None, given: list[str]) -> Any:
    """A query has only text. What does not read as the field's type stays text, for the field to refuse."""
    if isinstance(field, serializers.ListField):
        return given
    (text,) = given
    if isinstance(field, IntegerField) and _INTEGER.fullmatch(text):
        return int(text)
    if isinstance(field, BooleanField):
        return _TRUTH.get(text.lower(), text)
    return text
