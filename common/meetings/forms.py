"""The question about a group as people write it: what the forms of the pages for people have in common."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from rest_framework.exceptions import ValidationError as InvalidQuestion

from common.api.parsers import MAX_BODY_BYTES
from common.api.serializers import validate
from common.domain import timezones
from common.domain.window import DAY, DEFAULT_DAYS, LAST_YEAR, MAX_DAYS, MINUTE, parse_moment
from common.meetings.question import Question
from common.meetings.serializers import QuestionSerializer

MAX_NAMED_FAULTS = 5
MAX_SHOWN_LENGTH = 60
WRONG_DAYS = f"“To” must be neither before “From” nor in the past, and at most {MAX_DAYS} days later."
# The fields that have another name than their parameter of the API, which means something else.
PARAMETERS = {"last_day": "end"}
FIELDS = {parameter: field for field, parameter in PARAMETERS.items()}
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
            raise ValidationError("This is too long. Ask about fewer people.")
        return split_addresses(text)


class DayInput(forms.DateInput):
    """A day, picked from a calendar; of a time in the address its day."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """The day, as browsers want it."""
        return str(value)[:10] if value else None


class LastDayInput(DayInput):
    """The last day of a window; the day before `end`, where the query string says that."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The day as text."""
        text = data.get(name, "")
        if name in data or not (end := data.get("end")):
            return text
        try:
            moment = parse_moment(end)
        except ValueError:
            return end
        return ((moment - MINUTE).date() if isinstance(moment, datetime) else moment - DAY).isoformat()


class ZoneSelect(forms.Select):
    """Every time zone. Django's own template, drawn for each of 600 options, would take a sixth of a second."""

    template_name = "common/zone_select.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template shows. The first zone is the one that a browser shows where none is chosen."""
        context = super().get_context(name, value, attrs)
        context["widget"]["zones"] = [timezones.DEFAULT, *sorted(timezones.names() - {timezones.DEFAULT})]
        return context


class QuestionForm(forms.Form):
    """Who is to meet when, in words for people. Its data is a query string, whose names are those of the API.

    `last_day` alone is not: it belongs to the window, and the API's `end` does not. `as_query` has `end` instead.
    What is valid is what `serializer` says: fields here only read what people write.
    """

    serializer: ClassVar[type[QuestionSerializer]] = QuestionSerializer

    attendees = AddressesField(
        label="Who must come",
        help_text="Email addresses, with commas, spaces or new lines between them.",
        widget=AddressesInput(attrs={"rows": 4, "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Say who must come: one email address, or several."},
    )
    optional_attendees = AddressesField(
        label="Who else is welcome",
        help_text="Not needed, but nice to have.",
        widget=AddressesInput(attrs={"rows": 2, "autocapitalize": "none", "spellcheck": "false"}),
        required=False,
    )
    min_attendees = forms.IntegerField(
        label="How many must come",
        help_text="Empty: all who must come.",
        min_value=1,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    start = forms.CharField(label="From", help_text="Empty: from now on.", required=False, widget=DayInput)
    last_day = forms.DateField(
        label="To",
        help_text=f"This day included. Empty: {DEFAULT_DAYS} days. At most {MAX_DAYS} days.",
        required=False,
        widget=LastDayInput,
        validators=[MaxValueValidator(date(LAST_YEAR, 12, 31), f"No later than the year {LAST_YEAR}.")],
    )
    timezone = forms.CharField(
        label="Time zone",
        help_text="Days are read, and times are written, by the clock there.",
        required=False,
        widget=ZoneSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values: dict[str, Any] = {}
        self.sent: dict[str, Any] = {}
        if self["timezone"].value() not in timezones.names():
            self.fields["timezone"].widget.attrs["data-own-zone"] = True

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """The form of an address: one that asks if it says who must come, else one filled with what it says."""
        if "attendees" in query:
            return cls(query)
        texts = {name: field.widget.value_from_datadict(query, {}, name) for name, field in cls.base_fields.items()}
        return cls(initial={name: text for name, text in texts.items() if text})

    @property
    def question(self) -> Question:
        """What a valid form asks."""
        return Question.from_validated(self.values)

    def as_query(self) -> QueryDict:
        """The question of a valid form as a query string, for the API and for the other pages."""
        query = QueryDict(mutable=True)
        for name in self.sent:
            value = self.values[name] if name.endswith("attendees") else self.sent[name]
            query.setlist(name, value if isinstance(value, list) else [str(value)])
        return query

    def full_clean(self) -> None:
        """Reads all fields. The focus goes to the first that is wrong."""
        super().full_clean()
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True

    def clean(self) -> None:
        """Has the serializer judge what was written, and tells what it says in words for people."""
        self.sent = {PARAMETERS.get(name, name): value for name, value in self.cleaned_data.items() if value}
        if last_day := self.sent.get("end"):
            exact = "last_day" not in self.data
            self.sent["end"] = self.data["end"] if exact else (last_day + timedelta(days=1)).isoformat()
        try:
            self.values = validate(self.serializer, self.sent)
        except InvalidQuestion as faults:
            for name, detail in cast("dict[str, Any]", faults.detail).items():
                field = FIELDS.get(name, name)
                if field not in self.errors:
                    self.add_error(field, self._explain(name, detail))

    def _explain(self, name: str, detail: Any) -> list[str]:
        """The faults of one field, in words. Those of a list of addresses come by their index."""
        if not isinstance(detail, Mapping):
            return [WRONG_DAYS if fault.code == "invalid_window" else str(fault) for fault in detail]
        wrong = list(dict.fromkeys(self.sent[name][index] for index in detail))
        messages = [f"“{_shorten(text)}” is not an email address." for text in wrong[:MAX_NAMED_FAULTS]]
        more = len(wrong) - MAX_NAMED_FAULTS
        return [*messages, f"And {more} more that are none."] if more > 0 else messages


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:MAX_SHOWN_LENGTH]}…"
