"""Addresses as people write them: the field of a form for any number of emails."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from common.api.parsers import MAX_BODY_BYTES

MAX_NAMED_FAULTS = 5
MAX_SHOWN_LENGTH = 60
# Whatever else stands in a text only separates: spaces, and brackets that have no other.
_TOKEN = re.compile(
    r"""<(?P<bracketed>[^<>]*)> | (?P<comment>\([^()]*\)) | (?P<border>[,;\n]) | (?P<word>(?:"[^"]*"|[^\s,;<>])+)""",
    re.VERBOSE,
)
_QUOTES = ('"', "'")


def split_addresses(text: str) -> list[str]:
    """The addresses in a text, as they are spelled there, and what is none but stands where one should.

    Between them may be commas, semicolons, spaces, and ends of lines. Each may be written as RFC 5322 has it,
    `Ann Albers <ann@example.org>`; its name may hold a comma if it is quoted, or if semicolons separate the people,
    as in Outlook.
    """
    borders = ";\n" if ";" in text else ",\n"
    addresses: list[str] = []
    words: list[str] = []
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "word":
            words.append(token[0])
        elif token.lastgroup == "bracketed":
            # The words before it are a name, but for an address that only a space parts from that.
            addresses += [word for word in words if "@" in word and not word.startswith(_QUOTES)]
            addresses.append(token["bracketed"].strip())
            words.clear()
        elif token[0] in borders:
            addresses += words
            words.clear()
    return [address for address in map(_strip_marks, addresses + words) if address]


def _strip_marks(address: str) -> str:
    """The address without quotes around it, which could be no part of one, and without the `mailto:` of a link."""
    if address.startswith(_QUOTES) and address.endswith(address[0]):
        address = address[1:-1]
    return address[7:] if address[:7].lower() == "mailto:" else address


class AddressesInput(forms.Textarea):
    """Addresses, one a line, also where the query string repeats their name for each."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        """The text."""
        texts = cast("QueryDict", data).getlist(name)
        return "\n".join(texts) if texts else None


class AddressesField(forms.Field):
    """Addresses, written in any usual way. Whether each is an email is for the serializer to say."""

    widget = AddressesInput

    def to_python(self, value: Any) -> list[str]:
        """The addresses, as spelled."""
        text = value or ""
        if len(text) > MAX_BODY_BYTES:
            raise ValidationError("This is too long. Name fewer people.")
        return split_addresses(text)


def explain_faults(addresses: Sequence[str], wrong: Iterable[int]) -> list[str]:
    """What to say of the addresses at these places, which are no emails."""
    texts = list(dict.fromkeys(addresses[place] for place in wrong))
    messages = [f"“{_shorten(text)}” is not an email address." for text in texts[:MAX_NAMED_FAULTS]]
    more = len(texts) - MAX_NAMED_FAULTS
    return [*messages, f"And {more} more that are none."] if more > 0 else messages


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:MAX_SHOWN_LENGTH]}…"
