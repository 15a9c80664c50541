"""What the services share, as a Django application."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Registers the system checks."""

    name = "common"

    def ready(self) -> None:
        """Called once, when all settings are there."""
        from common.conf import checks  # noqa: F401, PLC0415
