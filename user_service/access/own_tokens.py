"""Our own tokens: how one is made, told from a typo, and kept (contract, section 13)."""

import hashlib
import secrets
import string
import zlib

PREFIX = "w2m_"
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM = 30  # characters: 178 bits
_CHECKSUM = 6
HINT = 4  # characters of a token that are shown of it later


def make_token() -> str:
    """A new token, which nobody can guess."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return f"{PREFIX}{random}{_checksum(random)}"


def is_token(text: str) -> bool:
    """Whether this can be a token of ours: if not, nothing has to be looked up."""
    random = text[len(PREFIX) : -_CHECKSUM]
    return text.startswith(PREFIX) and len(random) == _RANDOM and text.endswith(_checksum(random))


def digest_token(token: str) -> str:
    """What is kept of a token. A slow hash would add nothing to so many random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _checksum(random: str) -> str:
    """CRC-32 (ISO 3309), written with the letters and digits of tokens."""
    number, digits = zlib.crc32(random.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
