"""The question about a group as people write it: what the forms of the pages for people have in common."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self, cast

from django import forms
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from rest_framework.exceptions import ValidationError as InvalidQuestion

from common.api.serializers import validate
from common.browsable.addresses import AddressesField, AddressesInput, explain_faults
from common.browsable.people import ZoneSelect, focus_on_fault
from common.domain import timezones
from common.domain.window import DAY, DEFAULT_DAYS, LAST_YEAR, MAX_DAYS, MINUTE, parse_moment
from common.meetings.question import Question
from common.meetings.serializers import MAX_ATTENDEES_IN_QUERY, QuestionSerializer

WRONG_DAYS = f"“To” must be neither before “From” nor in the past, and at most {MAX_DAYS} days later."


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
    start = forms.CharField(label="From", help_text="Empty: now.", required=False, widget=DayInput)
    last_day = forms.DateField(
        label="To (included)",
        help_text=f"Empty: {DEFAULT_DAYS} days.",
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
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
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
        """The question of a valid form as a query string, for the API and for the other pages.

        So many emails that the API wants a body for them are one text: Django reads no more than 1,000 parameters.
        """
        query = QueryDict(mutable=True)
        for name, value in self.sent.items():
            if isinstance(value, list):
                emails = self.values[name]
                query.setlist(name, emails if len(emails) <= MAX_ATTENDEES_IN_QUERY else [", ".join(emails)])
            else:
                query[name] = str(value)
        return query

    def full_clean(self) -> None:
        """Reads all fields. The focus goes to the first that is wrong."""
        super().full_clean()
        focus_on_fault(self)

    def clean(self) -> None:
        """Has the serializer judge what was written, and tells what it says in words for people."""
        written = self.cleaned_data.items()
        self.sent = {"end" if name == "last_day" else name: value for name, value in written if value}
        if last_day := self.sent.get("end"):
            exact = "last_day" not in self.data
            self.sent["end"] = self.data["end"] if exact else (last_day + timedelta(days=1)).isoformat()
        try:
            self.values = validate(self.serializer, self.sent)
        except InvalidQuestion as faults:
            for name, detail in cast("dict[str, Any]", faults.detail).items():
                field = "last_day" if name == "end" else name
                if field not in self.errors:
                    self.add_error(field, self._explain(name, detail))

    def _explain(self, name: str, detail: Any) -> list[str]:
        """The faults of one field, in words. Those of a list of addresses come by their index."""
        if not isinstance(detail, Mapping):
            return [WRONG_DAYS if fault.code == "invalid_window" else str(fault) for fault in detail]
        return explain_faults(self.sent[name], detail)
