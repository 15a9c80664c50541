"""Emails: how they are spelled, and the fields that read them (contract, section 4)."""

import functools
import time
import unicodedata
from typing import Any

import idna
from django.core.exceptions import ValidationError as InvalidEmail
from django.core.validators import validate_email
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from common.api.exceptions import MAX_FAULTS

EMAIL_MAX_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
LOCAL_MAX_LENGTH = 64  # section 4.5.3.1.1
MAX_EMAILS = 20_000  # of a list, repeats included: ten thousand distinct ones are the most that anything takes


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
