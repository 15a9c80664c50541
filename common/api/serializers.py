"""Strict reading of what a client sends: an unknown name is a fault, and all faults are told at once."""

import functools
from collections.abc import Mapping
from itertools import islice
from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import SkipField, empty
from rest_framework.settings import api_settings

from common.api.exceptions import MAX_FAULTS, MAX_NAME_LENGTH

Errors = dict[str, Any]

_REPEATED = ErrorDetail("Given more than once.", code="repeated")


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses unknown fields and checks across fields even when some are faulty.

    It reads a body or a query string. `constraints` are those of the checks that JSON Schema can express, for the
    OpenAPI document. Of the fields named as `alternatives`, a request holds exactly one.
    """

    constraints: ClassVar[dict[str, Any]] = {}
    alternatives: ClassVar[tuple[str, ...]] = ()

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The validated values by field name. Raises ValidationError with every fault found.

        REST framework's own loop gives away no values when one of them is bad, and so leaves nothing to `cross_check`.
        """
        if not isinstance(data, Mapping):
            self.fail("invalid", datatype=type(data).__name__)
        values: dict[str, Any] = {}
        errors: Errors = {}
        for name, field in self.fields.items():
            value = field.get_value(data)
            if value is empty:
                # REST framework takes an empty parameter for one that is not there: here it is for the field to judge.
                value = data.get(name, empty)
            try:
                values[name] = field.run_validation(value)
            except ValidationError as error:
                errors[name] = error.detail
            except SkipField:
                continue
        errors |= self._name_faults(data)
        errors |= self.cross_check(values, errors)
        if errors:
            raise ValidationError(errors)
        return values

    def cross_check(self, values: dict[str, Any], errors: Errors) -> Errors:
        """Faults between fields, given the values that are good and the faults found so far."""
        return {}

    def _name_faults(self, data: Mapping[str, Any]) -> Errors:
        """Names that nobody here understands: a typo must not pass silently. In a query string, those given twice."""
        faults: Errors = {}
        known = set(self.fields)
        if isinstance(data, QueryDict):
            lists = {name for name, field in self.fields.items() if isinstance(field, serializers.ListField)}
            faults = {name: [_REPEATED] for name, texts in data.lists() if len(texts) > 1 and name not in lists}
            known.add(str(api_settings.URL_FORMAT_OVERRIDE))
        unknown = ErrorDetail(f"Unknown name. Known here: {', '.join(sorted(self.fields)) or 'none'}.", code="unknown")
        surplus = (name for name in data if name not in known and name not in faults)
        faults |= {name: [unknown] for name in islice(surplus, MAX_FAULTS)}
        return {name[:MAX_NAME_LENGTH]: details for name, details in faults.items()}


@functools.cache
def _shared(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    # Neither use changes anything in a serializer, and to make one, with its fields, takes longer than to use it.
    return serializer()


def validate(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """The validated values of a body, of a query string (a QueryDict) or of another service's answer.

    Raises ValidationError.
    """
    values: dict[str, Any] = _shared(serializer).run_validation(data)
    return values


def represent(serializer: type[serializers.Serializer[Any]], instance: object) -> dict[str, Any]:
    """What an answer says of an instance."""
    answer: dict[str, Any] = _shared(serializer).to_representation(instance)
    return answer
