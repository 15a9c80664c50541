"""The forms that add a calendar. The serializer of the API says what is good, and a secret is never shown again."""

from typing import Any, ClassVar, cast

from django import forms
from rest_framework.exceptions import APIException, ValidationError

from common.api.parsers import MAX_BODY_BYTES
from common.api.serializers import validate
from user_service.busy_time import BUSY, CALDAV, FEED, FREE, UPLOAD
from user_service.calendars import services
from user_service.calendars.parsers import read_calendar_file
from user_service.calendars.serializers import BAD_NAME, NAME, NewCalendarSerializer

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
WHERE_A_FEED_IS = (
    "It begins with https: or webcal:. In Google Calendar it is the secret address in iCal format, "
    "in Outlook the ICS link of a published calendar."
)
WHAT_CALDAV_IS = "Such as https://caldav.icloud.com, or the address of your Nextcloud. All your calendars there count."


class CalendarForm(forms.Form):
    """A calendar of some `kind`; the `title` says what that is.

    The one that has the same name is replaced by none but who was asked.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    asks_to_replace = False

    name = forms.CharField(help_text="What you call it, such as Work.", widget=forms.TextInput({"autocomplete": "off"}))
    is_free = forms.BooleanField(label="Where it says tentative, I am free", required=False)
    may_replace = forms.BooleanField(label="Replace the one that has this name", required=False)

    field_order = ["name", "url", "username", "password", "file", "is_free", "may_replace"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"{self.kind}_%s", "label_suffix": ""})

    def clean_name(self) -> str:
        """The name. Raises ValidationError."""
        name: str = self.cleaned_data["name"]
        if not NAME.fullmatch(name):
            raise forms.ValidationError(BAD_NAME)
        return name

    def store(self, email: str) -> None:
        """Stores the calendar for the user with this email. Raises what the services raise."""
        raise NotImplementedError

    def add_faults(self, fault: ValidationError) -> None:
        """Tells at each field what the API has against it."""
        for name, faults in cast("dict[str, list[str]]", fault.detail).items():
            self.add_error(name, faults)

    @property
    def choices(self) -> dict[str, Any]:
        """What tentative events are taken for, and what checks whether another calendar of this name may go."""
        return {
            "tentative": FREE if self.cleaned_data["is_free"] else BUSY,
            "check": services.allow_replacing if self.cleaned_data["may_replace"] else services.refuse_replacing,
        }


class SourceForm(CalendarForm):
    """A place from which a calendar is read: its `secret` fields are stored encrypted."""

    secret: ClassVar[tuple[str, ...]] = ("url",)

    def clean(self) -> None:
        """What the serializer has against the fields."""
        if self.errors:
            return
        try:
            validate(NewCalendarSerializer, {"kind": self.kind, **self._secrets})
        except ValidationError as fault:
            self.add_faults(fault)

    def store(self, email: str) -> None:
        """Stores where the calendar is read from. An address that can lead nowhere is a ValidationError."""
        services.put_source(email, self.cleaned_data["name"], self.kind, self._secrets, **self.choices)

    @property
    def _secrets(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.secret}


class FeedForm(SourceForm):
    """An address at which a calendar file is found again and again."""

    kind = FEED
    title = "The address of a calendar"

    url = forms.CharField(label="Address", help_text=WHERE_A_FEED_IS, widget=forms.URLInput(_PLAIN))


class CaldavForm(SourceForm):
    """The account of a CalDAV server."""

    kind = CALDAV
    title = "An account of a CalDAV server"
    secret = ("url", "username", "password")

    url = forms.CharField(label="Server", help_text=WHAT_CALDAV_IS, widget=forms.URLInput(_PLAIN))
    username = forms.CharField(label="User", widget=forms.TextInput(_PLAIN))
    password = forms.CharField(
        help_text="Best one for this alone, which you can revoke there.",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


class UploadForm(CalendarForm):
    """A calendar file, read once."""

    kind = UPLOAD
    title = "A calendar file"

    file = forms.FileField(
        help_text=f"A file that ends in .ics, of at most {MAX_BODY_BYTES >> 20} MB. "
        "What changes in the calendar later is not noticed.",
        widget=forms.FileInput({"accept": ".ics,text/calendar"}),
    )

    def clean_file(self) -> bytes:
        """The content. Raises ValidationError."""
        try:
            return read_calendar_file(self.cleaned_data["file"])
        except APIException as fault:
            raise forms.ValidationError(str(fault.detail)) from None

    def store(self, email: str) -> None:
        """Stores the content of the file."""
        services.put_upload(email, self.cleaned_data["name"], self.cleaned_data["file"], **self.choices)


FORMS: dict[str, type[CalendarForm]] = {form.kind: form for form in (FeedForm, CaldavForm, UploadForm)}
