"""What user-service depends on."""

from typing import Any

from user_service.store import connection


class RedisCheck:
    """Health of Redis."""

    name = connection.NAME

    def run(self) -> dict[str, Any]:
        """Nothing to add. Raises Unavailable."""
        connection.ping()
        return {}


redis = RedisCheck()
