"""What user-service tells Prometheus beyond what each service does."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from common.api.exceptions import Unavailable
from user_service.store import listing


class UsersStored(Collector):
    """The number of users, asked of Redis each time; nothing while Redis is down."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One number."""
        try:
            count = listing.count()
        except Unavailable:
            return
        yield GaugeMetricFamily("w2meet_users_stored", "Users that are stored.", value=count)


users_stored = UsersStored()
