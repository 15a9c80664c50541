"""user-service as a Django application, and what it must not run with in production."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

SHORTEST_PASSWORD = 16


class UserServiceConfig(AppConfig):
    """Registers the system check."""

    name = "user_service"

    def ready(self) -> None:
        """Called once, when all settings are there."""
        register(check_redis_password)


def check_redis_password(**kwargs: Any) -> list[CheckMessage]:
    """Redis has a secret of its own: any that is shorter may be a default, or guessed."""
    if not settings.PRODUCTION or len(settings.REDIS_PASSWORD) >= SHORTEST_PASSWORD:
        return []
    hint = f"Set REDIS_PASSWORD to a secret of at least {SHORTEST_PASSWORD} characters, for Redis and user-service."
    return [Error("The password of Redis is a default, or none.", hint=hint, id="user_service.E001")]
