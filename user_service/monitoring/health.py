"""What user-service depends on."""

from typing import Any

from user_service.store import connection, old_layout


class RedisCheck:
    """Health of Redis."""

    name = connection.NAME

    def run(self) -> dict[str, Any]:
        """How users are stored there. Raises Unavailable."""
        connection.ping()
        return {"layout": old_layout.name_layout()}


redis = RedisCheck()
