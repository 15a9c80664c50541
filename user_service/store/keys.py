"""The names of the keys in Redis.

All keys of one user have the same tag, in braces, so that they lie in one slot of a cluster and change in one step
(Redis Cluster, "hash tags"). A tag is that of one of 64 buckets, each with its own index of emails.
"""

import zlib

BUCKETS = 64
TAGS = tuple(f"{{{number:02}}}" for number in range(BUCKETS))


def find_tag(email: str) -> str:
    """The tag of a user's bucket, by the CRC-32 (ISO 3309) of the email: it never changes."""
    return TAGS[zlib.crc32(email.encode()) % BUCKETS]


def read_tag(key: str) -> str:
    """The tag in a key."""
    return key[key.index("{") : key.index("}") + 1]


def user(email: str) -> str:
    """A record."""
    return f"user:{find_tag(email)}:{email}"


def users(tag: str) -> str:
    """All emails of a bucket, in order."""
    return f"users:{tag}"


def calendars(email: str) -> str:
    """The calendars of a user, by name."""
    return f"calendars:{find_tag(email)}:{email}"


def kept(email: str) -> str:
    """What the next reading of each calendar of a user needs, by name."""
    return f"kept:{find_tag(email)}:{email}"


def due(tag: str) -> str:
    """All calendars of a bucket that are read, an email and a name each, by when they are due."""
    return f"due:{tag}"


def claims(tag: str) -> str:
    """Which reader has claimed which calendars of a bucket."""
    return f"claims:{tag}"


def tokens(email: str) -> str:
    """The tokens that were made for an email: by the id of each its digest, and when it is over."""
    return f"tokens:{find_tag(email)}:{email}"


def token(digest: str) -> str:
    """What a token stands for. Who calls is not known yet, so that it lies in a slot of its own."""
    return f"token:{digest}"


def rate(caller: str) -> str:
    """When the next call of somebody is due."""
    return f"rate:{find_tag(caller)}:{caller}"


def login(state: str) -> str:
    """A login that is under way at a provider: where it leads to."""
    return f"login:{state}"


def closed(tag: str) -> str:
    """There once a bucket has moved to another Redis: nothing is changed here any more."""
    return f"closed:{tag}"


def mover(tag: str) -> str:
    """Who copies a bucket from another Redis to this one; there until all is here."""
    return f"mover:{tag}"
