"""What operators are told of user-service: the health of what it depends on, and numbers for Prometheus."""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from common.api.exceptions import Unavailable
from user_service.store import connection, listing, old_layout


class RedisCheck:
    """Health of Redis."""

    name = connection.NAME

    def run(self) -> dict[str, Any]:
        """How users are stored there. Raises Unavailable."""
        connection.ping()
        return {"layout": old_layout.name_layout()}


class UsersStored(Collector):
    """The number of users, asked of Redis each time; nothing while Redis is down."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One number."""
        try:
            count = listing.count()
        except Unavailable:
            return
        yield GaugeMetricFamily("w2meet_users_stored", "Users that are stored.", value=count)


redis = RedisCheck()
users_stored = UsersStored()
