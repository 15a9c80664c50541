"""Fields of requests. Strict: in JSON a number is not a text, and a text is not a number."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty
from rest_framework.utils.html import is_html_input

from common.api.exceptions import MAX_FAULTS
from common.domain import timezones

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
# Control characters, and those by which a text is made to look like another (Unicode, UAX #9, explicit formatting).
_CONTROLS = r"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_BLANKS = r"\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols by their category, of which nothing is seen
_CONTROL, _BLANK = re.compile(f"[{_CONTROLS}]"), re.compile(f"[{_BLANKS}]")
# The same for JSON Schema, whose regular expressions know categories.
TEXT_PATTERN = rf"^[^{_CONTROLS}]*(?![{_BLANKS}])[\p{{L}}\p{{N}}\p{{P}}\p{{S}}][^{_CONTROLS}]*$"
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def describe(field: serializers.Field[Any, Any, Any, Any]) -> str:
    """What a field means, which numbers it takes, and what holds without it."""
    has_default = not field.required and field.default is not empty and not callable(field.default)
    default = ", ".join(map(str, field.default)) if isinstance(field.default, list) else field.default
    numbers = ""
    if isinstance(field, IntegerField):
        if field.choices:
            numbers = f" One of {', '.join(map(str, field.choices))}."
        elif field.max_value is not None:
            numbers = f" {field.min_value} to {field.max_value}."
    return f"{field.help_text or ''}{numbers}{f' Default: {default}.' if has_default else ''}".strip()


class TextField(serializers.CharField):
    """A text that people can read, trimmed. Its length is looked at first, before it is trimmed."""

    default_error_messages = {
        "unprintable": "Control characters, also those that change the direction of writing, are not allowed.",
        "invisible": "Write something that can be seen.",
    }

    def to_internal_value(self, data: Any) -> str:
        """The trimmed text."""
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        value = super().to_internal_value(data)
        if _CONTROL.search(value):
            self.fail("unprintable")
        if value and all(unicodedata.category(letter)[0] in "CMZ" for letter in _BLANK.sub("", value)):
            self.fail("invisible")
        return value


class ListField(serializers.ListField):
    """A list whose length is looked at first, and no more of its items than it takes to find MAX_FAULTS."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated items. Raises ValidationError with the faults of the bad ones by their index."""
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)

    def run_child_validation(self, data: Any) -> list[Any]:
        """The validated items."""
        items = []
        errors: dict[Any, Any] = {}
        faults = 0
        for index, item in enumerate(data):
            try:
                items.append(self.child.run_validation(item))
            except ValidationError as error:
                errors[index] = error.detail
                faults += _count_faults(error.detail)
                if faults >= MAX_FAULTS:
                    break
        if errors:
            raise ValidationError(errors)
        return items


def _count_faults(detail: Any) -> int:
    if isinstance(detail, Mapping):
        detail = list(detail.values())
    return sum(map(_count_faults, detail)) if isinstance(detail, list) else 1


@extend_schema_field({"type": "string", "enum": sorted(timezones.names())}, component_name="TimeZone")
class TimeZoneField(serializers.CharField):
    """The name of an IANA time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(help_text="An IANA time zone, such as Europe/Berlin.", **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The name, as given."""
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return timezones.zone(data).key
        except ValueError as unknown:
            raise serializers.ValidationError(str(unknown), code="unknown_timezone") from None


class ChoiceField(serializers.ChoiceField):
    """One of some words, in any case. The error names them."""

    def to_internal_value(self, data: Any) -> str:
        """The word, in lower case."""
        word = data.lower() if isinstance(data, str) else ""
        if word not in self.choices:
            raise ValidationError(f"One of {', '.join(self.choices)}.", code="invalid_choice")
        return word


class IntegerField(serializers.IntegerField):
    """A JSON integer; in a query string, its digits. With `choices`, one of them: the error names them."""

    default_error_messages = {"invalid_choice": "One of {choices}."}
    choices: ClassVar[tuple[int, ...]] = ()

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """The integer; what is none, for the field to refuse."""
        value = super().get_value(dictionary)
        if is_html_input(dictionary) and isinstance(value, str) and _INTEGER.fullmatch(value):
            return int(value)
        return value

    def to_internal_value(self, data: Any) -> int:
        """The integer. To JSON Schema, 7.0 is one."""
        if type(data) not in (int, float) or data % 1:
            self.fail("invalid")
        if self.choices and data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(map(str, self.choices)))
        return int(data)


class BooleanField(serializers.BooleanField):
    """A JSON true or false; in a query string also 1 or 0."""

    default_empty_html = empty  # a box that is not ticked is no part of a query string, here as elsewhere

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """The truth value; what is none, for the field to refuse."""
        value = super().get_value(dictionary)
        if is_html_input(dictionary) and isinstance(value, str):
            return _TRUTH.get(value.lower(), value)
        return value

    def to_internal_value(self, data: Any) -> bool:
        """The truth value."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
