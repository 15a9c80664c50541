"""Fields of requests. Strict: in JSON a number is not a text, and a text is not a number."""

import functools
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as InvalidEmail
from django.core.validators import validate_email
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty
from rest_framework.utils.html import is_html_input

from common.api.exceptions import MAX_FAULTS
from common.domain import timezones

EMAIL_MAX_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
MAX_EMAILS = 20_000  # of a list, repeats included: ten thousand distinct ones are the most that anything takes
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def describe(field: serializers.Field[Any, Any, Any, Any]) -> str:
    """What a field means, and what holds without it."""
    has_default = not field.required and field.default is not empty and not callable(field.default)
    return f"{field.help_text or ''}{f' Default: {field.default}.' if has_default else ''}".strip()


def normal_email(text: str) -> str:
    """The one spelling under which an email is compared and stored (contract, section 4).

    A text that is too long for an email stays as it is, and nobody has it: normalising it might take seconds.
    """
    return unicodedata.normalize("NFC", text.strip().lower()) if len(text) <= EMAIL_MAX_LENGTH else text


@functools.lru_cache(maxsize=1 << 14)  # the same people are asked about again and again
def parse_email(text: str) -> str:
    """The normal spelling of an email. Raises ValueError for any other text."""
    email = normal_email(text)
    try:
        validate_email(email)
    except InvalidEmail:
        raise ValueError("not an email") from None
    if len(email) > EMAIL_MAX_LENGTH or not email.isprintable():
        raise ValueError("not an email")
    return email


class TextField(serializers.CharField):
    """A text, trimmed, of printable characters. Its length is looked at first, before it is trimmed."""

    default_error_messages = {"unprintable": "Control characters are not allowed."}

    def to_internal_value(self, data: Any) -> str:
        """The trimmed text."""
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        value = super().to_internal_value(data)
        if any(unicodedata.category(character) == "Cc" for character in value):
            self.fail("unprintable")
        return value


class EmailField(serializers.EmailField):
    """An email in its normal spelling."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=EMAIL_MAX_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The email, trimmed and in lower case."""
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data) > EMAIL_MAX_LENGTH:
            self.fail("max_length", max_length=EMAIL_MAX_LENGTH)
        try:
            return parse_email(data)
        except ValueError:
            self.fail("invalid")


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


class EmailListField(serializers.ListField):
    """Emails, each once, sorted. One field reads the whole list: ten thousand would take a second."""

    child = EmailField()

    def __init__(self, *, allow_empty: bool = True, **kwargs: Any) -> None:
        super().__init__(allow_empty=allow_empty, min_length=None if allow_empty else 1, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        """The distinct emails in their normal spelling. Raises ValidationError with the bad ones by their index."""
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not data and not self.allow_empty:
            self.fail("empty")
        if len(data) > MAX_EMAILS:
            self.fail("max_length", max_length=MAX_EMAILS)
        emails: set[str] = set()
        errors: dict[Any, Any] = {}
        for index, text in enumerate(data):
            try:
                emails.add(self.child.to_internal_value(text))
            except ValidationError as error:
                errors[index] = error.detail
                if len(errors) == MAX_FAULTS:
                    break
        if errors:
            raise ValidationError(errors)
        return sorted(emails)


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


class IntegerField(serializers.IntegerField):
    """A JSON integer; in a query string, its digits."""

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """The integer; what is none, for the field to refuse."""
        value = super().get_value(dictionary)
        if is_html_input(dictionary) and isinstance(value, str) and _INTEGER.fullmatch(value):
            return int(value)
        return value

    def to_internal_value(self, data: Any) -> int:
        """The integer."""
        if type(data) is not int:
            self.fail("invalid")
        return data


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
