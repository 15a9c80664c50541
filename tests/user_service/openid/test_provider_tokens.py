"""Access tokens of an OpenID provider: which are good, what they say, and what happens when the provider is down."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from rest_framework.exceptions import AuthenticationFailed

from common.api.exceptions import Unavailable
from tests.support.neighbour import HOST, Behaviour, answers, hangs_up, says
from tests.support.provider import (
    AUDIENCE,
    DISCOVERY,
    KEYS,
    ODD_KEYS,
    Key,
    Provider,
    compact,
    in_base64,
    make_key,
)
from tests.support.servers import ROOT, free_port
from user_service.openid import provider_tokens
from user_service.openid.outbound import MAX_ANSWER_BYTES
from user_service.openid.provider_tokens import verify

DAY = 24 * 60 * 60


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with Provider() as started:
        settings.OIDC_ISSUER = started.issuer
        settings.OIDC_AUDIENCE = AUDIENCE
        # Its port may be that of an earlier one.
        provider_tokens.provider_of.cache_clear()
        yield started


def assert_refused(token: str) -> None:
    with pytest.raises(AuthenticationFailed) as raised:
        verify(token)
    assert str(raised.value.detail) == "This token is not valid."


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_token_is_good_with_each_algorithm(provider: Provider, algorithm: str) -> None:
    token = provider.sign(provider.claims(), make_key(algorithm))

    assert verify(token) == provider_tokens.Claims("ann", None, frozenset(), "the-id")


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
def test_the_type_has_several_spellings(provider: Provider, typ: str) -> None:
    assert verify(provider.sign(provider.claims(), typ=typ)).subject == "ann"


@pytest.mark.parametrize("aud", [[AUDIENCE], ["https://other.example.org", AUDIENCE]])
def test_a_token_may_be_meant_for_others_too(provider: Provider, aud: list[str]) -> None:
    assert verify(provider.token(aud=aud)).subject == "ann"


@pytest.mark.parametrize("change", [{"nbf": 20}, {"iat": 20, "exp": 600}, {"iat": -600, "exp": -20}])
def test_clocks_may_differ_a_little(provider: Provider, change: dict[str, int]) -> None:
    now = int(time.time())

    assert verify(provider.token(**{name: now + seconds for name, seconds in change.items()})).subject == "ann"


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "ann@example.org", "email_verified": True}, "ann@example.org"),
        ({"email": "Ann@EXAMPLE.org", "email_verified": True}, "ann@example.org"),
        ({"email": "ann@xn--exmple-cua.org", "email_verified": True}, "ann@exämple.org"),
        ({"email": "ann@example.org", "email_verified": False}, None),
        ({"email": "ann@example.org", "email_verified": "true"}, None),
        ({"email": "ann@example.org", "email_verified": 1}, None),
        ({"email": "ann@example.org"}, None),
        ({"email_verified": True}, None),
        ({"email": "nobody", "email_verified": True}, None),
        ({"email": ["ann@example.org"], "email_verified": True}, None),
    ],
)
def test_an_email_counts_when_the_provider_has_verified_it(
    provider: Provider, claims: dict[str, Any], email: str | None
) -> None:
    assert verify(provider.token(**claims)).email == email


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [
        ("self freebusy:read", {"self", "freebusy:read"}),
        ("", set()),
        (["self"], set()),
        ({"self": True}, set()),
    ],
)
def test_scopes_are_words(provider: Provider, scope: object, scopes: set[str]) -> None:
    assert verify(provider.token(scope=scope)).scopes == scopes


@pytest.mark.parametrize("jti", [None, "", "two\nlines", "x" * 65])
def test_a_token_without_an_id_that_can_be_logged_gets_one(provider: Provider, jti: str | None) -> None:
    claims = provider.claims(jti=jti)
    first, second = provider.sign(claims), provider.sign(claims | {"sub": "bob"})

    assert verify(first).token_id == verify(first).token_id != verify(second).token_id
    assert len(verify(first).token_id) == 16


def attackers_key(**changes: str) -> Key:
    return Key("RS256", make_key("RS256", 1).private, **changes)


def unsigned(content: bytes) -> bytes:
    return b""


def by_secret(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda content: bytes(jwt.get_algorithm_by_name("HS256").sign(content, secret))


def spelled_none(alg: str) -> Callable[[Provider], str]:
    return lambda p: compact({"typ": "at+jwt", "alg": alg, "kid": p.key.id}, p.claims(), unsigned)


def without(claim: str) -> Callable[[Provider], str]:
    return lambda p: p.token(**{claim: None})


def later(claim: str, seconds: int) -> Callable[[Provider], str]:
    return lambda p: p.token(**{claim: int(time.time()) + seconds})


def with_text(old: str, new: str) -> Callable[[Provider], str]:
    """A good token, of which a piece of the payload is written otherwise before it is signed."""

    def forge(p: Provider) -> str:
        text = json.dumps(p.claims())
        assert old in text
        return p.sign(text.replace(old, new, 1).encode())

    return forge


def parts(p: Provider) -> list[str]:
    return p.token().split(".")


def other_algorithm(algorithm: str) -> Callable[[Provider], str]:
    def forge(p: Provider) -> str:
        header = {"typ": "at+jwt", "alg": algorithm, "kid": p.key.id}
        return compact(header, p.claims(), lambda content: p.key.sign(content, algorithm))

    return forge


FORGED: dict[str, Callable[[Provider], str]] = {
    "none": spelled_none("none"),
    "None": spelled_none("None"),
    "NONE": spelled_none("NONE"),
    "nOnE": spelled_none("nOnE"),
    "no algorithm": lambda p: p.sign(p.claims(), alg=None),
    "an algorithm in a list": lambda p: p.sign(p.claims(), alg=["RS256"]),
    "HS256 by the PEM": lambda p: compact(
        {"typ": "at+jwt", "alg": "HS256", "kid": p.key.id}, p.claims(), by_secret(p.key.pem)
    ),
    "HS256 by the JWK": lambda p: compact(
        {"typ": "at+jwt", "alg": "HS256", "kid": p.key.id}, p.claims(), by_secret(json.dumps(p.key.jwk).encode())
    ),
    "RS384": other_algorithm("RS384"),
    "PS256": other_algorithm("PS256"),
    "the algorithm of another key": lambda p: p.sign(p.claims(), alg="ES256"),
    "another key": lambda p: p.sign(p.claims(), attackers_key(id=p.key.id)),
    "a key of the wrong kind": lambda p: p.sign(p.claims(), make_key("ES256"), kid=p.key.id),
    "an unknown key": lambda p: p.sign(p.claims(), attackers_key()),
    "no id of a key": lambda p: p.sign(p.claims(), kid=None),
    "an id of a key that is a number": lambda p: p.sign(p.claims(), kid=1),
    "a key that it brings along": lambda p: p.sign(
        p.claims(), attackers_key(id=p.key.id), jwk=attackers_key(id=p.key.id).jwk
    ),
    "an address of keys": lambda p: p.sign(p.claims(), attackers_key(), jku=f"{p.url}/attackers"),
    "an address of a certificate": lambda p: p.sign(p.claims(), attackers_key(), x5u=f"{p.url}/attackers"),
    "an unknown extension": lambda p: p.sign(p.claims(), crit=["exp"], exp=1),
    "a payload that is not there": lambda p: p.sign(p.claims(), crit=["b64"], b64=False),
    "expired": lambda p: p.token(iat=int(time.time()) - 600, exp=int(time.time()) - 31),
    "not yet valid": later("nbf", 60),
    "issued in the future": later("iat", 60),
    "valid for too long": later("exp", DAY + 1),
    "valid for ever": later("exp", 10**12),
    "ended before it began": lambda p: p.token(iat=int(time.time()) + 20, exp=int(time.time()) + 10),
    **{f"no {claim}": without(claim) for claim in ("exp", "iat", "sub", "iss", "aud")},
    "another issuer": lambda p: p.token(iss="https://other.example.org"),
    "the issuer with a slash": lambda p: p.token(iss=f"{p.issuer}/"),
    "issuers in a list": lambda p: p.token(iss=[p.issuer]),
    "another audience": lambda p: p.token(aud="https://other.example.org"),
    "other audiences": lambda p: p.token(aud=["https://other.example.org", "w2meet"]),
    "no audience in a list": lambda p: p.token(aud=[]),
    "the audience and more": lambda p: p.token(aud=f"{AUDIENCE}/more"),
    "a subject that is a number": lambda p: p.token(sub=1),
    "a subject of nothing": lambda p: p.token(sub=""),
    "a long subject": lambda p: p.token(sub="x" * 256),
    "a subject of two lines": lambda p: p.token(sub="ann\nbob"),
    "a subject of half a pair": lambda p: p.token(sub="\ud800"),
    "bound to a key": lambda p: p.token(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
    "an ID token": lambda p: p.sign(p.claims(), typ="JWT"),
    "no type": lambda p: p.sign(p.claims(), typ=None),
    "a type that is a number": lambda p: p.sign(p.claims(), typ=1),
    "an end in a string": lambda p: p.token(exp=str(int(time.time()) + 60)),
    "an end that is true": lambda p: p.token(exp=True),
    "an end that is no number": with_text('"exp": ', '"exp": NaN, "was": '),
    "an endless end": with_text('"exp": ', '"exp": Infinity, "was": '),
    "an end of a thousand digits": with_text('"exp": ', f'"exp": {"9" * 1000}, "was": '),
    "a beginning that is no number": with_text('"iat": ', '"iat": NaN, "was": '),
    "two subjects": with_text('"sub": ', '"sub": "bob", "sub": '),
    "two types": lambda p: compact(
        f'{{"typ": "JWT", "typ": "at+jwt", "alg": "RS256", "kid": "{p.key.id}"}}'.encode(), p.claims(), p.key.sign
    ),
    "a payload that was changed": lambda p: ".".join(
        [parts(p)[0], in_base64(json.dumps(p.claims(sub="bob")).encode()), parts(p)[2]]
    ),
    "no signature": lambda p: ".".join([*parts(p)[:2], ""]),
    "no third part": lambda p: ".".join(parts(p)[:2]),
    "the signature of another": lambda p: ".".join([*parts(p)[:2], p.token(sub="bob").split(".")[2]]),
    "a signature with another after it": lambda p: p.token() + "AAAA",
    "a payload that is a list": lambda p: p.sign([p.claims()]),
    "a payload that is no JSON": lambda p: p.sign(b"{"),
    "a payload that is no UTF-8": lambda p: p.sign(b'{"sub": "\xff"}'),
    "a payload without a floor": lambda p: p.sign(b"[" * 2500),
    "a header that is a list": lambda p: compact(["RS256"], p.claims(), p.key.sign),
    "garbage": lambda p: "gar.ba.ge",
    "three dots": lambda p: "...",
    "nothing": lambda p: "",
    "letters of no alphabet": lambda p: "ä.ö.ü",
    "half a pair": lambda p: "\ud800.a.b",
    "spaces around it": lambda p: f" {p.token()} ",
    "a line in it": lambda p: p.token().replace(".", ".\n", 1),
    "five parts": lambda p: ".".join([*parts(p), *parts(p)[:2]]),
    "more than 4,096 characters": lambda p: p.token(more="x" * 4096),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_is_refused(provider: Provider, forge: Callable[[Provider], str]) -> None:
    assert verify(provider.token()).subject == "ann"

    assert_refused(forge(provider))
    assert set(provider.asked) == {DISCOVERY, KEYS}


def test_a_key_of_the_provider_that_is_too_short_is_not_taken(provider: Provider) -> None:
    weak = Key("RS256", rsa.generate_private_key(public_exponent=65537, key_size=1024))
    provider.keys.append(weak)

    assert_refused(provider.sign(provider.claims(), weak))


def test_a_token_of_200_kb_is_refused_before_it_is_read(provider: Provider) -> None:
    token = provider.token(more="x" * 150_000)
    assert len(token) > 200_000
    began = time.perf_counter()

    for _ in range(100):
        assert_refused(token)

    assert time.perf_counter() - began < 0.1
    assert provider.asked == []


def test_what_can_never_be_good_does_not_have_the_provider_asked(provider: Provider) -> None:
    assert_refused(spelled_none("none")(provider))
    assert_refused(provider.sign(provider.claims(), typ="JWT"))

    assert provider.asked == []


def test_without_a_provider_no_token_is_good(provider: Provider, settings: Any) -> None:
    settings.OIDC_ISSUER = ""

    assert_refused(provider.token())


@pytest.mark.parametrize("ending", ["/", "/realm", "/realm/"])
def test_an_issuer_is_taken_to_the_letter(provider: Provider, settings: Any, ending: str) -> None:
    provider.issuer = settings.OIDC_ISSUER = provider.description["issuer"] = provider.url + ending
    provider.instead[f"{ending.rstrip('/')}{DISCOVERY}"] = answers(provider.description)

    assert verify(provider.token()).subject == "ann"


def test_keys_of_other_kinds_do_no_harm(provider: Provider) -> None:
    provider.other_keys = ODD_KEYS

    assert verify(provider.token()).subject == "ann"


def test_keys_are_fetched_once_for_many(provider: Provider) -> None:
    token = provider.token()

    with ThreadPoolExecutor(16) as pool:
        assert {claims.subject for claims in pool.map(verify, [token] * 100)} == {"ann"}

    assert provider.asked == [DISCOVERY, KEYS]


def test_a_new_key_is_found(provider: Provider) -> None:
    verify(provider.token())
    provider.keys = [make_key("RS256", 2)]

    with time_machine.travel(time.time() + provider_tokens.PAUSE_SECONDS + 1):
        assert verify(provider.token()).subject == "ann"


def test_a_key_that_was_withdrawn_is_no_longer_good_after_some_minutes(provider: Provider) -> None:
    withdrawn = provider.key
    verify(provider.token())
    provider.keys = [make_key("RS256", 2)]

    with time_machine.travel(time.time() + provider_tokens.FRESH_SECONDS + 1):
        assert_refused(provider.sign(provider.claims(), withdrawn))


def test_200_made_up_ids_of_keys_cause_one_fetch(provider: Provider) -> None:
    verify(provider.token())
    provider.received.clear()

    with (
        time_machine.travel(time.time() + provider_tokens.PAUSE_SECONDS + 1, tick=False),
        ThreadPoolExecutor(16) as pool,
    ):
        tokens = [provider.sign(provider.claims(), kid=f"made up {number}") for number in range(200)]
        list(pool.map(assert_refused, tokens))

    assert provider.asked == [DISCOVERY, KEYS]


def breaks_off(connection: Any) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{")
    hangs_up(connection)


OUTAGES: dict[str, Behaviour] = {
    "hangs up": hangs_up,
    "no HTTP": says(b"what?\r\n\r\n"),
    "an error": answers({}, "500 Internal Server Error"),
    "a page": answers(b"<html>", "200 OK", "text/html"),
    "a list": answers([]),
    "an empty object": answers({}),
    "a key set of a number": answers({"keys": 1}),
    "no keys": answers({"keys": []}),
    "keys of nonsense": answers(
        {"keys": [{"kty": []}, {"kty": "RSA", "n": 1, "e": None}, {"kty": "EC", "alg": ["ES256"]}, 7]}
    ),
    "a key for no algorithm": answers({"keys": [{"kty": "RSA", "alg": "none"}]}),
    "without a floor": answers(b"[" * 100_000),
    "half of it": breaks_off,
    "a bomb": answers(b"\x1f\x8b\x08", "200 OK", "application/json", "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES.keys())
def test_keys_are_kept_over_an_outage_for_a_day(provider: Provider, outage: Behaviour, path: str) -> None:
    now = time.time()
    verify(provider.token())
    provider.instead[path] = outage

    with time_machine.travel(now + DAY - 60):
        assert verify(provider.token()).subject == "ann"
    with time_machine.travel(now + DAY + 60), pytest.raises(Unavailable):
        verify(provider.token())
    provider.instead.clear()
    with time_machine.travel(now + DAY + 60 + 2 * provider_tokens.PAUSE_SECONDS):
        assert verify(provider.token()).subject == "ann"


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES.keys())
def test_without_keys_it_is_told_that_the_provider_is_down(provider: Provider, outage: Behaviour, path: str) -> None:
    provider.instead[path] = outage
    token = provider.token()

    with pytest.raises(Unavailable, match=r"The OpenID provider does not answer"):
        verify(token)

    provider.instead.clear()
    with time_machine.travel(time.time() + provider_tokens.PAUSE_SECONDS + 1):
        assert verify(token).subject == "ann"


def test_a_provider_that_cannot_be_reached_is_down(provider: Provider, settings: Any) -> None:
    settings.OIDC_ISSUER = f"http://{HOST}:{free_port()}"

    with pytest.raises(Unavailable):
        verify(provider.token())


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
def test_a_provider_that_hangs_lets_nobody_wait_for_long(provider: Provider, path: str) -> None:
    provider.instead[path] = provider.hang
    token = provider.token()

    def wait(_: int) -> float:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            verify(token)
        return time.monotonic() - began

    with ThreadPoolExecutor(20) as pool:
        assert max(pool.map(wait, range(100))) < 2 * provider_tokens.FETCH_SECONDS
    assert provider.asked.count(path) == 1


def test_whose_key_is_kept_does_not_wait_for_a_provider_that_hangs(provider: Provider) -> None:
    now = time.time()
    verify(provider.token())
    asked = threading.Event()

    def hang(connection: Any) -> None:
        asked.set()
        provider.over.wait()

    provider.instead[DISCOVERY] = hang
    with time_machine.travel(now + provider_tokens.PAUSE_SECONDS + 1), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(assert_refused, provider.sign(provider.claims(), kid="made up"))
        assert asked.wait(5)

        assert verify(provider.token()).subject == "ann"
        assert not waiting.done()


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
def test_an_answer_without_an_end_is_not_read(provider: Provider, path: str) -> None:
    provider.instead[path] = provider.flood

    with pytest.raises(Unavailable):
        verify(provider.token())


# In a process like one of gunicorn's.
ASK = """
from gevent import monkey
monkey.patch_all()
import sys
import requests
from user_service.openid.outbound import fetch_object
try:
    fetch_object(sys.argv[1], 0.3)
except requests.Timeout as fault:
    print(fault)
"""


@pytest.mark.parametrize("before", [b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_that_drips_may_not_exceed_its_time(provider: Provider, before: bytes) -> None:
    provider.behave = provider.drip(before)

    asking = [sys.executable, "-c", ASK, provider.url]
    told = subprocess.run(asking, cwd=ROOT, capture_output=True, text=True, timeout=20, check=True).stdout

    assert told == "No answer within 0.3 s.\n"


def test_an_answer_may_be_long_but_not_too_long(provider: Provider) -> None:
    body = json.dumps(provider.description).encode()
    provider.instead[DISCOVERY] = answers(body.ljust(MAX_ANSWER_BYTES + 1))
    with pytest.raises(Unavailable):
        verify(provider.token())

    provider.instead[DISCOVERY] = answers(body.ljust(MAX_ANSWER_BYTES))
    with time_machine.travel(time.time() + provider_tokens.PAUSE_SECONDS + 1):
        assert verify(provider.token()).subject == "ann"


@pytest.mark.parametrize("issuer", ["https://other.example.org", "/", None, 1])
def test_the_description_of_another_issuer_is_not_taken(provider: Provider, issuer: object) -> None:
    provider.description["issuer"] = provider.issuer + "/" if issuer == "/" else issuer

    with pytest.raises(Unavailable):
        verify(provider.token())
    assert provider.asked == [DISCOVERY]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/", "/keys", "", 1, None])
def test_keys_are_at_an_address_of_the_web(provider: Provider, address: object) -> None:
    provider.description["jwks_uri"] = address

    with pytest.raises(Unavailable):
        verify(provider.token())


def test_keys_are_not_fetched_from_where_a_redirect_leads(provider: Provider) -> None:
    provider.instead[KEYS] = answers({}, "302 Found", "application/json", f"Location: {provider.url}/attackers")

    with pytest.raises(Unavailable):
        verify(provider.token())
    assert provider.asked == [DISCOVERY, KEYS]
