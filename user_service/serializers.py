"""Shapes of what is said about users."""

import base64
import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.emails import EmailField, EmailListField
from common.api.fields import ChoiceField, IntegerField, TextField, TimeZoneField
from common.api.serializers import StrictSerializer
from common.domain import timezones
from user_service.models import RULES, Sharing
from user_service.weeks.serializers import NewAvailabilitySerializer

MAX_PAGE = 1000
DEFAULT_PAGE = 100
NAME_MAX_LENGTH = 200
MAX_PEOPLE = 100  # on the list of whom somebody shares with
_CURSOR = re.compile("([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{4}|[A-Za-z0-9_-]{3}=|[A-Za-z0-9_-]{2}==)")


class NameField(TextField):
    """What people call somebody."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=1, max_length=NAME_MAX_LENGTH, **kwargs)


class SharingSerializer(StrictSerializer):
    """Who may ask when somebody is free."""

    rule = ChoiceField(choices=RULES, help_text="Everyone who has a token, those on the list, or nobody.")
    people = EmailListField(
        default=list, max_length=MAX_PEOPLE, help_text="The list. It is kept, and does nothing under another rule."
    )


def sharing_of(values: dict[str, Any]) -> Sharing:
    """The sharing of a validated SharingSerializer."""
    return Sharing(values["rule"], tuple(values["people"]))


class NewUserSerializer(StrictSerializer):
    """A new user."""

    email = EmailField(help_text="Compared and stored in lower case. It never changes.")
    name = NameField()
    timezone = TimeZoneField(default=timezones.DEFAULT)
    availability = NewAvailabilitySerializer(required=False, help_text="Nobody is available until they say so.")


class UserChangesSerializer(StrictSerializer):
    """What may change of a user."""

    name = NameField(required=False)
    timezone = TimeZoneField(required=False)


@extend_schema_field({"type": "string", "pattern": f"^{_CURSOR.pattern}$"})
class CursorField(serializers.CharField):
    """A place in the list of users, as an earlier page gave it."""

    default_error_messages = {"invalid": "Use the cursor of a page's `next`, unchanged."}

    def to_internal_value(self, data: Any) -> str:
        """The email after which the page begins."""
        if not isinstance(data, str) or not _CURSOR.fullmatch(data):
            self.fail("invalid")
        return base64.urlsafe_b64decode(data).decode(errors="replace")


def cursor_after(email: str) -> str:
    """The cursor of the page that begins after this email."""
    return base64.urlsafe_b64encode(email.encode()).decode()


class PageQuerySerializer(StrictSerializer):
    """Which page of the users."""

    limit = IntegerField(default=DEFAULT_PAGE, min_value=1, max_value=MAX_PAGE, help_text="How many users.")
    cursor = CursorField(required=False, help_text="From the `next` of the page before.")


class UserSerializer(serializers.Serializer[Any]):
    """A user."""

    email = EmailField()
    name = serializers.CharField()
    timezone = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class UserPageSerializer(serializers.Serializer[Any]):
    """Some users, ordered by email."""

    results = UserSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page, if there is one.")
