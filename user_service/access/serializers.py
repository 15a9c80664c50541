"""Shapes of what is said about access: tokens, and who calls."""

from typing import Any

from rest_framework import serializers

from common.api.emails import EmailField
from common.api.fields import ChoiceField, IntegerField, ListField, TextField
from common.api.serializers import StrictSerializer
from user_service.access.callers import DEFAULT_SCOPES, SCOPES

NAME_MAX_LENGTH = 100
MAX_DAYS = 365
DEFAULT_DAYS = 90
DEFAULT_NAME = "A token"


class ScopesField(ListField):
    """Some scopes, each once, in the order in which the contract names them."""

    child = ChoiceField(choices=list(SCOPES))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=1, max_length=len(SCOPES), **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        """The scopes."""
        chosen = super().to_internal_value(data)
        return [scope for scope in SCOPES if scope in chosen]


class NewTokenSerializer(StrictSerializer):
    """A new token."""

    name = TextField(min_length=1, max_length=NAME_MAX_LENGTH, default=DEFAULT_NAME, help_text="What it is for.")
    scopes = ScopesField(
        default=list(DEFAULT_SCOPES),
        help_text=f"What it allows, out of: {', '.join(SCOPES)}. Nothing that you may not do.",
    )
    days = IntegerField(
        default=DEFAULT_DAYS, min_value=1, max_value=MAX_DAYS, help_text="After so many days it is over."
    )


class TokenSerializer(serializers.Serializer[Any]):
    """A token, as far as it is shown."""

    id = serializers.CharField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(list(SCOPES)))
    hint = serializers.CharField(help_text="Its last characters.")
    is_session = serializers.BooleanField(help_text="Whether it is the session of a browser.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True, help_text="When it was used last, to the minute.")


class CreatedTokenSerializer(TokenSerializer):
    """A token that has just been made."""

    token = serializers.CharField(help_text="The token itself. It is never shown again.")


class ListedTokenSerializer(TokenSerializer):
    """A token of a list."""

    url = serializers.URLField(help_text="The token alone, where it can be revoked.")


class TokensSerializer(serializers.Serializer[Any]):
    """All tokens of somebody, the oldest first."""

    results = ListedTokenSerializer(many=True)


class CallerSerializer(serializers.Serializer[Any]):
    """Who calls."""

    email = EmailField(allow_null=True, help_text="Null for a program, and for everybody while access is open.")
    name = serializers.CharField(allow_null=True, help_text="Null for who is not stored as a user.")
    is_stored = serializers.BooleanField(help_text="Whether there is a user with this email.")
    scopes = serializers.ListField(child=serializers.ChoiceField(list(SCOPES)))
