"""user-service as a Django application, and what it must not run with in production."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

SHORTEST_PASSWORD = 16


class UserServiceConfig(AppConfig):
    """Registers the system checks."""

    name = "user_service"

    def ready(self) -> None:
        """Called once, when all settings are there."""
        register(check_redis_password)
        register(check_openid_provider)
        register(check_private_networks)


def check_redis_password(**kwargs: Any) -> list[CheckMessage]:
    """Redis has a secret of its own: any that is shorter may be a default, or guessed."""
    if not settings.PRODUCTION or len(settings.REDIS_PASSWORD) >= SHORTEST_PASSWORD:
        return []
    hint = f"Set REDIS_PASSWORD to a secret of at least {SHORTEST_PASSWORD} characters, for Redis and user-service."
    return [Error("The password of Redis is a default, or none.", hint=hint, id="user_service.E001")]


def check_openid_provider(**kwargs: Any) -> list[CheckMessage]:
    """A provider is of use only with an audience, since it has tokens for others too; its keys must come unchanged."""
    faults: list[CheckMessage] = []
    if settings.OIDC_ISSUER and not settings.OIDC_AUDIENCE:
        hint = "Set OIDC_AUDIENCE to what the provider's access tokens for W2Meet have as `aud`."
        faults.append(
            Error("Tokens that the provider makes for others would be accepted.", hint=hint, id="user_service.E002")
        )
    if settings.OIDC_CLIENT_ID and not settings.OIDC_ISSUER:
        hint = "Set OIDC_ISSUER to the provider's identifier, or unset OIDC_CLIENT_ID."
        faults.append(Error("There is no provider at which people could log in.", hint=hint, id="user_service.E003"))
    if settings.PRODUCTION and settings.OIDC_ISSUER.startswith("http://"):
        hint = "Set OIDC_ISSUER to an address that begins with https://."
        faults.append(Error("Anybody on the way could change the provider's keys.", hint=hint, id="user_service.E004"))
    return faults


def check_private_networks(**kwargs: Any) -> list[CheckMessage]:
    """An exception made for tests would let strangers reach what is near to us."""
    if not settings.PRODUCTION or not settings.CALENDAR_PRIVATE_NETWORKS:
        return []
    hint = "Unset CALENDAR_PRIVATE_NETWORKS."
    return [Error("Strangers choose what is fetched from private networks.", hint=hint, id="user_service.E005")]
