"""All users in Redis, in the order of their emails, out of the indices of all buckets."""

from itertools import chain

from user_service.models import User, decode
from user_service.store import keys, old_layout
from user_service.store.commands import command
from user_service.store.connection import fetch_many, run_all


def fetch_page(after: str, limit: int) -> list[User]:
    """At most `limit` users in the order of their emails, from the first that follows `after`. Costs O(page)."""
    old_layout.move_page(after, limit)
    users: list[User] = []
    while missing := limit - len(users):
        emails = _fetch_emails(after, missing)
        records = fetch_many(list(map(keys.user, emails)))
        # One who has been deleted since their email was read leaves a place to somebody else.
        users += [decode(email, record) for email, record in zip(emails, records, strict=True) if record is not None]
        if len(emails) < missing:
            break
        after = emails[-1]
    return users


def _fetch_emails(after: str, limit: int) -> list[str]:
    """At most `limit` emails in order, out of the order of each bucket.

    A bucket is asked for twice its share and some: few have more of a page, and only these are asked again.
    """
    share = limit // keys.BUCKETS * 2 + 8
    starts = dict.fromkeys(keys.TAGS, f"({after}" if after else "-")
    emails: list[str] = []
    while starts:
        rest = ("+", "BYLEX", "LIMIT", 0, share)
        parts = run_all([command("ZRANGE", keys.users(tag), start, *rest) for tag, start in starts.items()])
        found = {tag: [email.decode() for email in part] for tag, part in zip(starts, parts, strict=True)}
        emails = sorted(chain(emails, *found.values()))[:limit]
        starts = {
            tag: f"({part[-1]}"
            for tag, part in found.items()
            if len(part) == share and (len(emails) < limit or part[-1] < emails[-1])
        }
    return emails


def count() -> int:
    """How many users there are."""
    counts: list[int] = run_all([command("ZCARD", keys.users(tag)) for tag in keys.TAGS])
    return sum(counts) + old_layout.count()
