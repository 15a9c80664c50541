"""What is stored in a Redis."""

import redis


def stored_emails(client: redis.Redis) -> set[str]:
    """The emails in the indices of all buckets."""
    indices: list[list[bytes]] = [client.execute_command("ZRANGE", key, 0, -1) for key in client.scan_iter("users:*")]
    return {email.decode() for index in indices for email in index}
