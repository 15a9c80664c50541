"""Fields of requests. Strict: a number is not a text, and a text is not a number."""

import re
import unicodedata
from itertools import islice
from typing import Any, cast

from django.core.exceptions import ValidationError as InvalidEmail
from django.core.validators import validate_email
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from common.api.exceptions import MAX_FAULTS
from common.domain import timezones

EMAIL_MAX_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
# Most emails are valid and normal at a glance: to judge them by all the rules takes eight times as long.
ORDINARY_EMAIL = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}", re.ASCII)
ORDINARY_MAX_LENGTH = 63  # of a label of a domain (RFC 1035, section 2.3.4), and so of none within
_NO_EMAIL = ErrorDetail("Enter a valid email address.", code="invalid")


def normal_email(text: str) -> str:
    """The one spelling under which an email is compared and stored (contract, section 4)."""
    return unicodedata.normalize("NFC", text.strip().lower())


class TextField(serializers.CharField):
    """A text, trimmed, of printable characters."""

    default_error_messages = {"unprintable": "Control characters are not allowed."}

    def to_internal_value(self, data: Any) -> str:
        """The trimmed text."""
        if not isinstance(data, str):
            self.fail("invalid")
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
        email = normal_email(super().to_internal_value(data))
        if not email.isprintable():
            self.fail("invalid")
        return email


class EmailListField(serializers.ListField):
    """Emails, each once, sorted. One class for the whole list: ten thousand fields would take a second."""

    child = EmailField()

    def __init__(self, *, allow_empty: bool = True, **kwargs: Any) -> None:
        super().__init__(allow_empty=allow_empty, min_length=None if allow_empty else 1, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        """The distinct emails in their normal spelling. Raises ValidationError with the bad ones by their index."""
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not data and not self.allow_empty:
            self.fail("empty")
        emails = list(map(_normal_if_valid, data))
        if None in emails:
            faults = ((index, [_NO_EMAIL]) for index, email in enumerate(emails) if email is None)
            raise serializers.ValidationError(dict[Any, Any](islice(faults, MAX_FAULTS)))
        return sorted(set(cast("list[str]", emails)))


def _normal_if_valid(email: Any) -> str | None:
    if not isinstance(email, str) or len(email) > 2 * EMAIL_MAX_LENGTH:
        return None
    if len(email) <= ORDINARY_MAX_LENGTH and ORDINARY_EMAIL.fullmatch(email):
        return email
    normal = normal_email(email)
    try:
        validate_email(normal)
    except InvalidEmail:
        return None
    return normal if len(normal) <= EMAIL_MAX_LENGTH and normal.isprintable() else None


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
    """A JSON integer."""

    def to_internal_value(self, data: Any) -> int:
        """The integer."""
        if type(data) is not int:
            self.fail("invalid")
        return data


class BooleanField(serializers.BooleanField):
    """A JSON true or false."""

    def to_internal_value(self, data: Any) -> bool:
        """The truth value."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
