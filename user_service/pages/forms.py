"""The forms of My week. What is good is said by the serializers of the API; the forms draw, and keep what was sent."""

import re
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from rest_framework.exceptions import ValidationError as InvalidEmail

from common.api.emails import parse_email
from common.api.exceptions import PreconditionFailed
from common.api.serializers import StrictSerializer
from common.browsable.addresses import AddressesField, AddressesInput, explain_faults
from common.browsable.people import ZoneSelect
from common.domain import timezones, week
from user_service.access.sharing import sharing_rule
from user_service.models import EVERYONE, LIST, NOBODY, Sharing, User, change, user_version
from user_service.serializers import NewUserSerializer, SharingSerializer, UserChangesSerializer, sharing_of

# By the hour, as the table has them: the place of a box, such as 0.9 for Monday at nine, and what it is called.
_BOXES = [
    (f"{hour:02d}:00", [(f"{day}.{hour}", f"{name.capitalize()} {hour:02d}:00") for day, name in enumerate(week.DAYS)])
    for hour in range(week.HOURS)
]
_PLACE = re.compile(r"([0-6])\.(\d|1\d|2[0-3])(?:\.([1-9]|1[0-5]))?", re.ASCII)
_WHOLE_HOUR = 0b1111

RULES = {EVERYONE: "Everyone who has logged in", LIST: "Only these people", NOBODY: "Nobody"}


class WeekTable(forms.CheckboxSelectMultiple):
    """The week as a table of boxes to tick: 24 hours down, seven days across."""

    template_name = "user_service/my_week_table.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """As for any boxes, and the `days`. The box of an hour that is free in part says in which."""
        context = super().get_context(name, value, attrs)
        parts = {place.rpartition(".")[0]: place for place in value or () if place.count(".") == 2}
        for option in (option for _, options, _ in context["widget"]["optgroups"] for option in options):
            if place := parts.get(option["value"]):
                hour, mask = option["label"][:-3], int(place.rpartition(".")[2])
                minutes = [f":{15 * quarter:02d}" for quarter in range(4) if mask >> (3 - quarter) & 1]
                label = f"{hour}, the quarters from {', '.join(minutes)}"
                option |= {"value": place, "label": label, "selected": True, "partly": True}
        return context | {"days": [day.capitalize() for day in week.DAYS]}


class HoursField(forms.MultipleChoiceField):
    """The hours that are free: `0.9` for Monday at nine, or `0.9.3` for the quarters of it that are the bits of 3."""

    widget = WeekTable

    def valid_value(self, value: Any) -> bool:
        """Whether it is one of an hour."""
        return _PLACE.fullmatch(str(value)) is not None


class EmailInput(forms.TextInput):
    """An email. A browser's own field for emails refuses some that are valid, and rewrites others."""

    def __init__(self) -> None:
        super().__init__(
            {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        )


class EmailForm(forms.Form):
    """Whose week is wanted."""

    email = forms.CharField(widget=EmailInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "known_%s", "label_suffix": ""})

    def clean_email(self) -> str:
        """The email in its normal spelling."""
        try:
            return parse_email(self.cleaned_data["email"])
        except InvalidEmail as fault:
            raise ValidationError([str(message) for message in cast("list[str]", fault.detail)]) from None


class PersonForm(forms.Form):
    """Name and time zone. `serializer` judges the fields that it has."""

    serializer: type[StrictSerializer]

    name = forms.CharField(widget=forms.TextInput({"autocomplete": "name"}))
    timezone = forms.CharField(
        label="Time zone",
        help_text="The hours of your week are those of the clock there.",
        initial=timezones.DEFAULT,
        widget=ZoneSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"label_suffix": ""})

    def clean(self) -> None:
        """What the serializer makes of each value, or says against it."""
        fields = self.serializer().fields
        serializer = self.serializer(
            data={name: value for name, value in self.cleaned_data.items() if name in fields}, partial=True
        )
        if serializer.is_valid():
            self.cleaned_data |= serializer.validated_data
        for name, errors in serializer.errors.items():
            self.add_error(name, errors)


class NewUserForm(PersonForm):
    """Somebody new."""

    serializer = NewUserSerializer
    field_order = ["email", "name", "timezone"]

    email = forms.CharField(widget=EmailInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["timezone"].widget.attrs["data-own-zone"] = True


class WeekForm(PersonForm):
    """All that a user may change. `version` is the entity tag of the user whom the form showed.

    Where nobody has to say who they are, everybody may ask, and there is no `rule`. `is_default` says that the user had
    said nothing of it until then: who leaves it so still says nothing, and goes with the setting.
    """

    serializer = UserChangesSerializer

    hours = HoursField(choices=_BOXES, required=False)
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    rule = forms.ChoiceField(
        label="Who may ask when I am free", choices=RULES, widget=forms.RadioSelect, required=False
    )
    people = AddressesField(
        label="These people",
        help_text=f"Email addresses, with commas, spaces or new lines between them. For “{RULES[LIST]}”.",
        required=False,
        widget=AddressesInput(attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"}),
    )
    is_default = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.IS_OPEN:
            for name in ("rule", "people", "is_default"):
                del self.fields[name]

    @classmethod
    def of(cls, user: User) -> "WeekForm":
        """The form that shows a user as stored."""
        hours = {(day, hour): week.quarters_of(user.week, day, hour) for day in range(7) for hour in range(week.HOURS)}
        places = [
            f"{day}.{hour}" if quarters == _WHOLE_HOUR else f"{day}.{hour}.{quarters}"
            for (day, hour), quarters in hours.items()
            if quarters
        ]
        rule, people = sharing_rule(user)
        return cls(
            initial={
                "name": user.name,
                "timezone": user.timezone,
                "hours": places,
                "version": user_version(user),
                "rule": rule,
                "people": "\n".join(people),
                "is_default": user.sharing is None,
            }
        )

    def clean(self) -> None:
        """As for any person; and whom they share with."""
        super().clean()
        sent = {name: self.cleaned_data.get(name) for name in ("rule", "people")}
        if not sent["rule"] or sent["people"] is None:
            return
        serializer = SharingSerializer(data=sent)
        if serializer.is_valid():
            self.cleaned_data["sharing"] = sharing_of(serializer.validated_data)
        for name, faults in serializer.errors.items():
            self.add_error(name, explain_faults(sent["people"], faults) if isinstance(faults, dict) else faults)

    @property
    def changes(self) -> dict[str, Any]:
        """The validated fields of the user."""
        places = [_PLACE.fullmatch(place) for place in self.cleaned_data["hours"]]
        hours = [(int(place[1]), int(place[2]), int(place[3] or _WHOLE_HOUR)) for place in places if place]
        sharing = self.cleaned_data.get("sharing")
        is_untouched = self.cleaned_data.get("is_default") and sharing == Sharing(settings.SHARING, ())
        return ({} if sharing is None or is_untouched else {"sharing": sharing}) | {
            "name": self.cleaned_data["name"],
            "timezone": self.cleaned_data["timezone"],
            "week": week.from_hours(hours),
        }

    def check_version(self, stored: User) -> None:
        """Raises StaleForm if somebody else has changed the user, unless to what this form holds."""
        sent = change(stored, stored.updated_at, **self.changes)
        if self.cleaned_data["version"] != user_version(stored) and sent != stored:
            raise StaleForm(stored, sent)


class StaleForm(PreconditionFailed):
    """What is `stored` is no longer what the form showed; `sent` is what it would have become."""

    def __init__(self, stored: User, sent: User) -> None:
        super().__init__()
        self.stored, self.sent = stored, sent
