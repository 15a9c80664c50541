"""What user-service depends on."""

from typing import Any

from user_service import store


class RedisCheck:
    """Health of Redis."""

    name = store.NAME

    def run(self) -> dict[str, Any]:
        """Nothing to add. Raises Unavailable."""
        store.ping()
        return {}


redis = RedisCheck()
