"""user-service as a Django application."""

from django.apps import AppConfig


class UserServiceConfig(AppConfig):
    """Registers the system checks."""

    name = "user_service"

    def ready(self) -> None:
        """Called once, when all settings are there."""
        from user_service import checks  # noqa: F401, PLC0415
