"""Strict reading of what a client sends: an unknown name is a fault, and all faults are told at once."""

import functools
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, ClassVar, TypeVar, cast

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import SkipField
from rest_framework.settings import api_settings

from common.api.exceptions import MAX_FAULTS
from common.api.fields import BooleanField, IntegerField
from common.api.negotiation import FORMAT_PARAMETER

Errors = dict[str, Any]
AnyField = serializers.Field[Any, Any, Any, Any]

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_REPEATED = ErrorDetail("Given more than once.", code="repeated")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses unknown fields and checks across fields even when some are faulty.

    `constraints` are those of the checks that JSON Schema can express, for the OpenAPI document. Of the fields named
    as `alternatives`, a request holds exactly one.
    """

    constraints: ClassVar[dict[str, Any]] = {}
    alternatives: ClassVar[tuple[str, ...]] = ()

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The validated values by field name. Raises ValidationError with every fault found."""
        if not isinstance(data, Mapping):
            message = self.error_messages["invalid"].format(datatype=type(data).__name__)
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [message]}, code="invalid")
        values, errors = self._read(data)
        surplus = (name for name in data if name not in self.fields)
        errors |= {name: [unknown(name, self.fields)] for name in islice(surplus, MAX_FAULTS)}
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


def validate_body(serializer: type[StrictSerializer], data: Any) -> dict[str, Any]:
    """The validated body of a request. Raises ValidationError."""
    values: dict[str, Any] = instance(serializer).run_validation(data)
    return values


def validate_query(serializer: type[StrictSerializer], query: QueryDict) -> dict[str, Any]:
    """The validated parameters of a query string. Raises ValidationError."""
    fields = instance(serializer).fields
    repeated = {name: [_REPEATED] for name, given in query.lists() if _is_repeated(fields.get(name), given)}
    try:
        values = validate_body(serializer, plain_query(serializer, query))
    except ValidationError as fault:
        raise ValidationError(cast("Errors", fault.detail) | repeated) from None
    if repeated:
        raise ValidationError(repeated)
    return values


def plain_query(serializer: type[StrictSerializer], query: QueryDict) -> dict[str, Any]:
    """A query string as the JSON body that would say the same. What is repeated but may not be becomes a list."""
    fields = instance(serializer).fields
    return {name: _typed(fields.get(name), given) for name, given in query.lists() if name != FORMAT_PARAMETER}


def _is_repeated(field: AnyField | None, given: list[str]) -> bool:
    return len(given) > 1 and not isinstance(field, serializers.ListField)


def _typed(field: AnyField | None, given: list[str]) -> Any:
    """A query has only text. What does not read as the field's type stays text, for the field to refuse."""
    if len(given) > 1 or isinstance(field, serializers.ListField):
        return given
    (text,) = given
    if isinstance(field, IntegerField) and _INTEGER.fullmatch(text):
        return int(text)
    if isinstance(field, BooleanField):
        return _TRUTH.get(text.lower(), text)
    return text
