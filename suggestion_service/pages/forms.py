"""The form of *find a time*."""

from dataclasses import replace
from typing import Self

from django import forms
from django.http import QueryDict
from django.utils import timezone

from common.domain.window import next_hour
from common.meetings.forms import QuestionForm
from common.meetings.serializers import MAX_MINUTES
from suggestion_service.selection import Criteria
from suggestion_service.serializers import SuggestionQuestionSerializer

# What people expect and the API does not: several meetings, the best first, at full quarters of an hour.
DEFAULTS = {"duration": "60", "prefer": "best", "limit": "5"}
ALIGN = "15"
PREFERENCES = {
    "best": "The most people, then the soonest",
    "first": "The soonest",
    "last": "The latest",
    "random": "Any, drawn by lot",
}
STARTS = {
    "": "At any minute",
    "5": "At multiples of 5 minutes",
    "10": "At multiples of 10 minutes",
    "15": "At quarters of an hour",
    "30": "At full and half hours",
    "60": "At full hours",
}


class FindForm(QuestionForm):
    """When should this group meet? Nobody meets in the past: a window begins with the next hour, or later."""

    serializer = SuggestionQuestionSerializer

    duration = forms.IntegerField(
        label="How long, in minutes",
        min_value=1,
        max_value=MAX_MINUTES,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    prefer = forms.CharField(
        label="What comes first",
        required=False,
        widget=forms.Select(choices=list(PREFERENCES.items())),
    )
    align = forms.IntegerField(
        label="Starts",
        required=False,
        widget=forms.Select(choices=list(STARTS.items())),
    )
    step = forms.IntegerField(required=False, widget=forms.HiddenInput)
    limit = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # In the address alone: a form that is sent again draws again.
    seed = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """The form of an address, with the defaults for what that does not say."""
        full = query.copy()
        for name, value in DEFAULTS.items():
            full[name] = full.get(name) or value
        full.setdefault("align", ALIGN)  # left empty, it is any minute
        return super().from_query(full)

    @property
    def criteria(self) -> Criteria:
        """What meetings a valid form asks for."""
        return Criteria.from_validated(self.values)

    def as_query(self) -> QueryDict:
        """The question of a valid form as a query string that always has the same answer."""
        query = super().as_query()
        if self.values["prefer"] == "random":
            query["seed"] = str(self.values["seed"])
        query.setdefault("align", "")  # else the page would take its default
        return query

    def clean(self) -> None:
        """Leaves out of the window what is over."""
        super().clean()
        if not self.errors:
            window = self.values["window"]
            start = max(window.start, next_hour(timezone.now(), window.zone))
            if start < window.end:
                self.values["window"] = replace(window, start=start)
            else:
                self.add_error("last_day", "That is over. Choose a later day.")
