"""The forms of the dates that differ from the week. The serializers of the API say what is good."""

from typing import Any

from django import forms
from rest_framework.exceptions import ValidationError

from common.api.exception_handler import list_errors
from common.api.exceptions import PreconditionFailed
from common.api.serializers import validate
from user_service.models import User, overrides_version
from user_service.overrides.serializers import NewOverridesSerializer, RangeSerializer
from user_service.overrides.services import Edit, remove_dates, replace_dates
from user_service.pages.words import split_times

MAX_TIMES = 500  # characters
AWAY, TIMES, WEEK = "away", "times", "week"
HOLDS = {AWAY: "Away all day", TIMES: "Free at these times, and at no other", WEEK: "Free as every week again"}
WHICH = "You have written times. Choose whether you are free at them."
NO_TIMES = "Write at which times you are free, such as 09:00 to 12:00."
CHANGED = (
    "Your dates have changed since you opened this page, in another window or by somebody else. "
    "Below is what is stored now: if what you want is still right, send it again."
)


class StaleDates(PreconditionFailed):
    """What is stored is no longer what the page showed."""

    default_detail = CHANGED


class DatesForm(forms.Form):
    """A change of dates. `version` is the entity tag of the dates that the page showed."""

    version = forms.CharField(required=False)

    edit: Edit

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"label_suffix": ""})

    def check_version(self, stored: User) -> None:
        """Raises StaleDates if somebody else has changed the dates, unless to what this form wants."""
        is_current = self.cleaned_data["version"] == overrides_version(stored)
        if not is_current and self.edit(stored.overrides) != stored.overrides:
            raise StaleDates


class RemovalForm(DatesForm):
    """Has the week hold again on dates: `remove` is the first and the last of them, with a slash between."""

    remove = forms.CharField(max_length=40)

    def clean(self) -> None:
        """The dates."""
        first, _, last = self.cleaned_data.get("remove", "").partition("/")
        try:
            dates = validate(RangeSerializer, {"from": first, "to": last})
        except ValidationError as fault:
            self.add_error(None, [error["message"] for error in list_errors(fault.detail)])
        else:
            self.edit = remove_dates(dates["from"], dates["to"])


class DateInput(forms.DateInput):
    """A date as browsers let one choose it. `value` is text, as it was sent."""

    input_type = "date"


class NewDatesForm(DatesForm):
    """What holds on every date from one to another."""

    first = forms.CharField(label="From", widget=DateInput)
    last = forms.CharField(label="To, included", widget=DateInput, required=False, help_text="Empty: one day.")
    holds = forms.ChoiceField(label="On these dates I am", choices=HOLDS, widget=forms.RadioSelect, initial=AWAY)
    times = forms.CharField(
        label="Times",
        help_text="Such as 09:00 to 12:00, 14:00 to 17:30: full quarters of an hour.",
        max_length=MAX_TIMES,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean(self) -> None:
        """What is to become of the dates."""
        if self.errors:
            return
        sent, holds = self.cleaned_data, self.cleaned_data["holds"]
        if sent["times"] and holds != TIMES:
            self.add_error("holds", WHICH)
        try:
            intervals = split_times(sent["times"])
        except ValueError as part:
            self.add_error("times", f"“{part}” is no stretch of time: write it such as 09:00 to 12:00.")
            return
        if holds == TIMES and not intervals:
            self.add_error("times", NO_TIMES)
        dates = {"from": sent["first"], "to": sent["last"] or sent["first"], "intervals": intervals}
        try:
            values = validate(NewOverridesSerializer, dates)
        except ValidationError as fault:
            fields = {"from": "first", "to": "last"}
            faults = ((fields.get(error["field"], "times"), error["message"]) for error in list_errors(fault.detail))
            for field, message in dict.fromkeys(faults):
                self.add_error(field, message)
            return
        first, last = values["from"], values["to"]
        self.edit = remove_dates(first, last) if holds == WEEK else replace_dates(first, last, values["free"])
