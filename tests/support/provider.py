"""An OpenID provider of the tests' own: for tokens that no real one makes, and for faults."""

import base64
import functools
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from tests.support.neighbour import Behaviour, Neighbour, answers

AUDIENCE = "https://w2meet.example.org"
CLIENT_ID = "w2meet"
DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"
TOKEN = "/token"
USERINFO = "/userinfo"

# Keys of kinds that are to come, and of those that are for something else.
ODD_KEYS: list[object] = [
    {"kty": "AKP", "alg": "ML-DSA-44", "kid": "odd", "pub": "AA"},
    {"kty": "EC", "crv": "X", "kid": "odd", "x": "AA", "y": "AA"},
    {"kty": "OKP", "crv": "X25519", "kid": "odd", "use": "enc", "x": "AA"},
    {"kty": "RSA", "kid": "odd", "n": 1},
    {"kty": "oct", "kid": "secret", "k": "AA"},
    7,
]

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class Key:
    """A key of a provider, for one algorithm."""

    algorithm: str
    private: PrivateKey
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def jwk(self) -> dict[str, Any]:
        """What is published of it (RFC 7517)."""
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            members = RSAAlgorithm.to_jwk(public, as_dict=True)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            members = ECAlgorithm.to_jwk(public, as_dict=True)
        else:
            members = OKPAlgorithm.to_jwk(public, as_dict=True)
        return {**members, "kid": self.id, "alg": self.algorithm, "use": "sig"}

    @property
    def pem(self) -> bytes:
        """What is published of it, in another form."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, content: bytes, algorithm: str | None = None) -> bytes:
        """The signature of these bytes."""
        return bytes(jwt.get_algorithm_by_name(algorithm or self.algorithm).sign(content, self.private))


@functools.cache
def make_key(algorithm: str, number: int = 0) -> Key:
    """A key for an algorithm, the same for the same number: to make some takes a while."""
    if algorithm.startswith(("RS", "PS")):
        return Key(algorithm, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    if algorithm.startswith("ES"):
        return Key(algorithm, ec.generate_private_key(ec.SECP256R1()))
    return Key(algorithm, ed25519.Ed25519PrivateKey.generate())


def in_base64(content: bytes) -> str:
    """Base64url without padding, as tokens are written."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def compact(header: object, payload: object, sign: Callable[[bytes], bytes]) -> str:
    """A token of any header and payload: bytes as they are, or anything else as JSON."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    content = ".".join(map(in_base64, parts))
    return f"{content}.{in_base64(sign(content.encode()))}"


class Provider(Neighbour):
    """A provider that answers as it should, unless `instead` has another behaviour for a path.

    Who logs in has been asked already: `grants` has, for a code, the claims of the ID token and the PKCE challenge.
    """

    def __init__(self) -> None:
        super().__init__()
        self.behave = self.answer
        self.issuer = self.url
        self.keys = [make_key(algorithm) for algorithm in ("RS256", "ES256", "EdDSA")]
        self.description: dict[str, Any] = {
            "issuer": self.issuer,
            "jwks_uri": self.url + KEYS,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": self.url + TOKEN,
        }
        self.other_keys: list[object] = []
        self.instead: dict[str, Behaviour] = {}
        self.grants: dict[str, tuple[dict[str, Any], str]] = {}
        self.userinfo: dict[str, Any] = {}

    @property
    def asked(self) -> list[str]:
        """The paths that have been asked for, in order."""
        return [urlsplit(received.line.split()[1]).path for received in self.received]

    @property
    def key(self) -> Key:
        """The first key."""
        return self.keys[0]

    def answer(self, connection: Any) -> None:
        """Does what is to be done at the path of the request received last."""
        path = self.asked[-1]
        behaviours: dict[str, Callable[[], Behaviour]] = {
            DISCOVERY: lambda: answers(self.description),
            KEYS: lambda: answers({"keys": [*self.other_keys, *(key.jwk for key in self.keys)]}),
            TOKEN: self.redeem,
            USERINFO: lambda: answers(self.userinfo),
        }
        behave = self.instead.get(path) or behaviours.get(path, lambda: answers({}, "404 Not Found"))()
        behave(connection)

    def redeem(self) -> Behaviour:
        """A code for tokens, once (RFC 6749, section 4.1.3; RFC 7636, section 4.6)."""
        form = {name: values[0] for name, values in parse_qs(self.received[-1].body.decode()).items()}
        claims, challenge = self.grants.pop(form.get("code", ""), ({}, ""))
        if challenge != in_base64(hashlib.sha256(form.get("code_verifier", "").encode()).digest()):
            return answers({"error": "invalid_grant"}, "400 Bad Request")
        tokens = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 30}
        return answers(tokens | {"id_token": self.sign(claims, typ="JWT")})

    def claims(self, **changes: object) -> dict[str, Any]:
        """The claims of a good access token, with these changes: None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "ann",
            "client_id": CLIENT_ID,
            "iat": now,
            "exp": now + 600,
            "jti": "the-id",
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def sign(self, claims: object, key: Key | None = None, **header: object) -> str:
        """A token with these claims: bytes as they are. None leaves a member out of the header."""
        key = key or self.key
        members: Mapping[str, object] = {"typ": "at+jwt", "alg": key.algorithm, "kid": key.id} | header
        return compact({name: value for name, value in members.items() if value is not None}, claims, key.sign)

    def token(self, **changes: object) -> str:
        """An access token that is good but for these claims."""
        return self.sign(self.claims(**changes))
