"""One person, one spelling: how an email is read (contract, section 4)."""

import time
import unicodedata

import idna
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from common.api.emails import EMAIL_MAX_LENGTH, normal_email, parse_email
from common.api.exception_handler import list_errors


def refuse(text: str) -> tuple[str, str]:
    """Code and message with which a text is refused."""
    with pytest.raises(ValidationError) as caught:
        parse_email(text)
    [fault] = list_errors(caught.value.detail)
    return fault["code"], fault["message"]


@pytest.mark.parametrize(
    "text",
    [
        "a@exämple.org",
        "A@EXÄMPLE.ORG",
        " a@exämple.org\n",
        "a@exa\u0308mple.org",
        "a@xn--exmple-cua.org",
        "a@XN--EXMPLE-CUA.org",
        "a@ｅｘäｍｐｌｅ．ｏｒｇ",
        "a@exämple。org",
        "a@exämple｡org",
        "a@𝐞𝐱ä𝐦𝐩𝐥𝐞.org",
    ],
)
def test_all_spellings_of_an_email_are_one(text: str) -> None:
    assert parse_email(text) == "a@exämple.org"


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        ("a@J\u030c.org", "a@ǰ.org"),
        ("a@faß.de", "a@faß.de"),
        ("a@xn--fa-hia.de", "a@faß.de"),
        ("a@نامه\u200cای.com", "a@نامه\u200cای.com"),
        ("a@r3---sn.exämple.org", "a@r3---sn.exämple.org"),
        ("a@localhost", "a@localhost"),
        ("a@[IPv6:::1]", None),
        ("a@[::1]", "a@[::1]"),
    ],
)
def test_a_domain_is_one_of_idna_2008_or_of_ascii(text: str, email: str | None) -> None:
    if email is None:
        refuse(text)
    else:
        assert parse_email(text) == email


@pytest.mark.parametrize(
    "local",
    ["ſue", "ı", "\u212aay", "ａ", "ä", "аnn", "a\u200b", "\u202ea", "\u00ada", "a\ufeff", '"a\u0007"', "a\x7f"],
)
def test_before_the_at_there_is_visible_ascii(local: str) -> None:
    assert refuse(f"{local}@example.org") == (
        "invalid",
        "Before the @, an email may hold ASCII letters, digits and signs only.",
    )


@pytest.mark.parametrize(
    "domain",
    [
        "exa\u200bmple.org",
        "exa\u200cmple.org",
        "exa\u200dmple.org",
        "exa\u2060mple.org",
        "exa\u00admple.org",
        "\ufeffexample.org",
        "\u202eexample.org",
        "exa\u2066mple.org",
        "example\u034f.org",
        "exämple.o\u180erg",
        "\u115fexample.org",
        "xn--example-lu2d.org",
        "xn--a.org",
        "xn--.org",
        "i❤.ws",
        "ا1a.org",
        "\ud800.org",
        "exam_plé.org",
    ],
)
def test_what_no_domain_may_hold_is_said(domain: str) -> None:
    code, message = refuse(f"a@{domain}")

    assert code == "invalid"
    assert message.startswith("After the @ stands no domain (IDNA 2008): ")
    assert len(message) < 400


@pytest.mark.parametrize(
    "text", ["", "a", "@", "a@", "@example.org", "a@ü", "a@ü.de.", "a@ü..de", "a@-ü.de", "a@example.1"]
)
def test_what_is_no_email_for_django_is_none(text: str) -> None:
    assert refuse(text)[0] == "invalid"


def test_the_length_is_that_of_the_longest_spelling() -> None:
    longest = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 59}.example"
    assert parse_email(longest) == longest
    assert refuse(longest + "s")[0] == "max_length"
    assert refuse("a" * 65 + "@example.org") == ("invalid", "Before the @ stand at most 64 characters.")
    domain = ".".join(["ü" * 55] * 4) + ".de"
    ascii_domain = idna.encode(domain).decode()
    assert refuse(f"{'a' * 10}@{ascii_domain}") == refuse(f"{'a' * 10}@{domain}")
    assert refuse(f"a@{'﷽' * 250}.de")[0] == "max_length"


_PIECES = st.sampled_from(
    [
        "a",
        "B",
        "@",
        ".",
        "-",
        "xn--",
        "xn--exmple-cua",
        "ä",
        "Ä",
        "ß",
        "ς",
        "İ",
        "ｅ",
        "。",
        "\u0308",
        "\u030c",
        "\u200b",
        "\u200d",
        "\u202e",
        "ا",
        "१",
        "क",
        "्",
        '"',
        "\\",
        " ",
        "[",
        "1",
        "org",
        "ŉ",
        "ǰ",
        "㎒",
        "﷽",
        "𝐞",
        "\ud800",
    ]
)
_LETTERS = st.text(st.characters(categories=["Ll", "Lo", "Mn", "Nd"]), min_size=1, max_size=8)


def a_label(label: str) -> str:
    return "xn--" + label.encode("punycode").decode()


_DOMAINS = st.lists(_LETTERS | _LETTERS.map(a_label) | _LETTERS.map(str.upper), min_size=1, max_size=3).map(
    lambda labels: "a@" + ".".join([*labels, "org"])
)


@given(
    _DOMAINS | st.lists(_PIECES, max_size=20).map("".join) | _PIECES.map(lambda piece: f"a@b{piece}.org") | st.text()
)
@example('"a@b"﹫example.org')
def test_an_email_has_one_spelling_and_all_else_is_a_validation_error(text: str) -> None:
    try:
        email = parse_email(text)
    except ValidationError:
        assert normal_email(text) == text
        return
    assert parse_email(email) == normal_email(email) == email
    local, _, domain = email.rpartition("@")
    assert local.isascii()
    assert domain == unicodedata.normalize("NFC", domain) == domain.lower()
    assert len(email) <= EMAIL_MAX_LENGTH
    if not domain.startswith("["):
        ascii_domain = ".".join(
            label if label.isascii() else idna.alabel(label).decode() for label in domain.split(".")
        )
        assert parse_email(f"{local}@{ascii_domain}") == parse_email(f"{local}@{ascii_domain.upper()}") == email


@pytest.mark.parametrize("piece", ["\u0300\u0316", "ﷺ", "ü.", "xn--tda.", "@", "a"])
def test_a_text_of_two_megabytes_is_refused_at_once(piece: str) -> None:
    text = "a@" + piece * (2_000_000 // len(piece))

    began = time.process_time()
    assert refuse(text)[0] == "max_length"
    assert time.process_time() - began < 0.5
