"""Fields of requests. Strict: in JSON a number is not a text, and a text is not a number."""

import functools
import re
import time
import unicodedata
from collections.abc import Mapping
from typing import Any

import idna
from django.core.exceptions import ValidationError as InvalidEmail
from django.core.validators import validate_email
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty
from rest_framework.utils.html import is_html_input

from common.api.exceptions import MAX_FAULTS
from common.domain import timezones

EMAIL_MAX_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
LOCAL_MAX_LENGTH = 64  # section 4.5.3.1.1
MAX_EMAILS = 20_000  # of a list, repeats included: ten thousand distinct ones are the most that anything takes
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
# Control characters, and those by which a text is made to look like another (Unicode, UAX #9, explicit formatting).
_CONTROLS = r"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_BLANKS = r"\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols by their category, of which nothing is seen
_CONTROL, _BLANK = re.compile(f"[{_CONTROLS}]"), re.compile(f"[{_BLANKS}]")
# The same for JSON Schema, whose regular expressions know categories.
TEXT_PATTERN = rf"^[^{_CONTROLS}]*(?![{_BLANKS}])[\p{{L}}\p{{N}}\p{{P}}\p{{S}}][^{_CONTROLS}]*$"
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def describe(field: serializers.Field[Any, Any, Any, Any]) -> str:
    """What a field means, and what holds without it."""
    has_default = not field.required and field.default is not empty and not callable(field.default)
    return f"{field.help_text or ''}{f' Default: {field.default}.' if has_default else ''}".strip()


@functools.lru_cache(maxsize=1 << 14)  # the same people are asked about again and again
def parse_email(text: str) -> str:
    """The one spelling under which an email is compared, stored and shown (contract, section 4).

    In lower case; the domain normalised (NFKC, then IDNA 2008) and in Unicode, as people write it. Raises
    ValidationError for any other text, before it costs more than its length.
    """
    _check_length(text)
    local, _, domain = text.strip().rpartition("@")
    if not (local.isascii() and local.isprintable()):
        raise ValidationError("Before the @, an email may hold ASCII letters, digits and signs only.", code="invalid")
    if len(local) > LOCAL_MAX_LENGTH:
        raise ValidationError(f"Before the @ stand at most {LOCAL_MAX_LENGTH} characters.", code="invalid")
    domain, ascii_domain = _parse_domain(domain)
    email = f"{local.lower()}@{ascii_domain}"
    _check_length(email)
    try:
        validate_email(email)
    except InvalidEmail:
        hint = " In a URL, write a + as %2B." if " " in local else ""
        raise ValidationError(f"Enter a valid email address.{hint}", code="invalid") from None
    return f"{local.lower()}@{domain}"


@functools.lru_cache(maxsize=1 << 12)  # people share few domains, and IDNA takes ten times as long as all the rest
def _parse_domain(domain: str) -> tuple[str, str]:
    """A domain in Unicode, and in ASCII. Labels that are ASCII without being IDNA's are taken as they are."""
    # Lower case may need normalising again: there is a small letter for J with a caron, and no capital one.
    domain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", domain).lower()).replace("。", ".")
    _check_length(domain)  # one letter may have become 18, and what follows is slow
    labels = domain.split(".")
    try:
        ascii_labels = [label if label.isascii() else idna.alabel(label).decode() for label in labels]
        labels = [idna.ulabel(label) if label.startswith("xn--") else label for label in labels]
    except UnicodeError as fault:
        raise ValidationError(f"After the @ stands no domain (IDNA 2008): {fault}.", code="invalid") from None
    return ".".join(labels), ".".join(ascii_labels)


def _check_length(text: str) -> None:
    if len(text) > EMAIL_MAX_LENGTH:
        raise ValidationError(f"An email has at most {EMAIL_MAX_LENGTH} characters.", code="max_length")


def normal_email(text: str) -> str:
    """The spelling under which a user may be stored: of what is no email the text itself, which nobody new has."""
    try:
        return parse_email(text)
    except ValidationError:
        return text


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


@extend_schema_field({"type": "string", "format": "idn-email", "maxLength": EMAIL_MAX_LENGTH})
class EmailField(serializers.EmailField):
    """An email in its normal spelling."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=EMAIL_MAX_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The email, trimmed and in lower case."""
        if not isinstance(data, str):
            self.fail("invalid")
        return parse_email(data)


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
            if index % 100 == 99:
                time.sleep(0)  # thousands of domains that are not ASCII take seconds, in which others are answered
            try:
                emails.add(self.child.to_internal_value(text))
            except ValidationError as error:
                errors[index] = error.detail
                if len(errors) == MAX_FAULTS:
                    break
        if errors:
            raise ValidationError(errors)
        return sorted(emails)


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
    """A JSON integer; in a query string, its digits."""

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
