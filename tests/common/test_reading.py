"""Reading of bodies and query strings: strict, and the same for both."""

import json
import time

import pytest
from rest_framework.test import APIClient

from common.api.emails import MAX_EMAILS, normal_email
from common.api.parsers import MAX_BODY_BYTES
from tests.support.problems import faults


def test_a_body_and_a_query_may_say_the_same(client: APIClient) -> None:
    body = {"text": " a ", "number": 7, "truth": True, "emails": ["B@b.cd", " a@b.cd ", "b@B.cd"]}
    query = "text=+a+&number=7&truth=true&emails=B@b.cd&emails=+a@b.cd+&emails=b@B.cd"
    understood = {"text": "a", "number": 7, "truth": True, "emails": ["a@b.cd", "b@b.cd"]}

    assert client.post("/echo", body, format="json").json() == understood
    assert client.get(f"/echo?{query}").json() == understood


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("text", 1, "invalid"),
        ("text", None, "null"),
        ("text", True, "invalid"),
        ("text", ["a"], "invalid"),
        ("text", "", "blank"),
        ("text", "  ", "blank"),
        ("text", "a" * 11, "max_length"),
        ("text", "a\u0000b", "unprintable"),
        ("text", "a\nb", "unprintable"),
        ("text", "a\u0085b", "unprintable"),
        ("text", "a\u202eb", "unprintable"),
        ("text", "\u2066a", "unprintable"),
        ("text", "\u200b", "invisible"),
        ("text", "\u200d\ufe0f\u2060", "invisible"),
        ("text", "\u3164", "invisible"),
        ("text", "\u0300", "invisible"),
        ("number", "7", "invalid"),
        ("number", 7.5, "invalid"),
        ("number", -1e300, "min_value"),
        ("number", True, "invalid"),
        ("number", None, "null"),
        ("number", 0, "min_value"),
        ("truth", "true", "invalid"),
        ("truth", 1, "invalid"),
        ("truth", None, "null"),
        ("emails", "a@b.cd", "not_a_list"),
        ("emails", {"0": "a@b.cd"}, "not_a_list"),
        ("emails", None, "null"),
    ],
)
def test_a_value_of_another_kind_is_a_fault(client: APIClient, field: str, value: object, code: str) -> None:
    answer = client.post("/echo", {"text": "a"} | {field: value}, format="json")

    assert answer.status_code == 400
    assert (field, code) in faults(answer)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "a@b",
        "a@b@c.de",
        "a b@c.de",
        "a@b.cd\r\nX: y",
        "a\u0000@b.cd",
        1,
        None,
        ["a@b.cd"],
        {},
    ],
)
def test_what_is_no_email_is_a_fault_at_its_place(client: APIClient, email: object) -> None:
    answer = client.post("/echo", {"text": "a", "emails": ["a@b.cd", email]}, format="json")

    assert faults(answer) == [("emails[1]", "invalid")]


COMBINING = "a" + "\u0300\u0316" * 100_000 + "@b.org"  # takes seconds to normalise: longer is quadratically worse


def test_a_text_that_is_too_long_is_refused_before_it_is_normalised(client: APIClient) -> None:
    began = time.process_time()
    answer = client.post("/echo", {"text": COMBINING, "emails": [COMBINING, "a" * 250 + "@b.cd"]}, format="json")

    assert faults(answer) == [("emails[0]", "max_length"), ("emails[1]", "max_length"), ("text", "max_length")]
    assert normal_email(COMBINING) == COMBINING
    assert time.process_time() - began < 0.5


def test_a_list_that_is_too_long_is_refused_before_it_is_read(client: APIClient) -> None:
    answer = client.post("/echo", {"text": "a", "emails": ["a@b.cd"] * (MAX_EMAILS + 1)}, format="json")

    assert faults(answer) == [("emails", "max_length")]


def test_an_integer_may_be_written_with_a_point(client: APIClient) -> None:
    assert client.post("/echo", b'{"text": "a", "number": 7.0}', content_type="application/json").content == (
        b'{"text":"a","number":7,"emails":[]}'
    )


@pytest.mark.parametrize("text", ["Ann", "李", "👩\u200d🚀", "שלום\u200f!", "می\u200cشود", "e\u0301", "5", "?"])
def test_a_text_may_hold_what_any_language_needs(client: APIClient, text: str) -> None:
    assert client.post("/echo", {"text": text}, format="json").json()["text"] == text


def test_a_plus_that_a_url_has_made_a_space_is_explained(client: APIClient) -> None:
    (fault,) = client.get("/echo?text=a&emails=a+b@c.de").json()["errors"]

    assert (fault["field"], fault["message"]) == (
        "emails[0]",
        "Enter a valid email address. In a URL, write a + as %2B.",
    )


@pytest.mark.parametrize("email", ["a+b@c.de", "o'neill@c.de", "a/b@c.de", "a%b@c.de", "a{&?#}@c.de", "a@exämple.org"])
def test_an_email_may_hold_what_a_valid_address_may(client: APIClient, email: str) -> None:
    assert client.get("/echo", {"text": "a", "emails": email}).json()["emails"] == [email]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [("text", "required")]),
        ("text=a&number=seven", [("number", "invalid")]),
        ("text=a&number=7.0", [("number", "invalid")]),
        ("text=a&number=", [("number", "invalid")]),
        ("text=a&number=" + "9" * 5000, [("number", "invalid")]),
        ("text=a&number=%D9%A7", [("number", "invalid")]),
        ("text=a&truth=maybe", [("truth", "invalid")]),
        ("text=a&emails=", [("emails[0]", "invalid")]),
        ("text=a&txet=a", [("txet", "unknown")]),
        ("text=a&Text=a", [("Text", "unknown")]),
        ("text=a&text=b", [("text", "repeated")]),
        ("text=a&txet=a&txet=b", [("txet", "repeated")]),
        ("text=a&format=json&format=json", [("format", "repeated")]),
        (
            "number=0&truth=maybe&truth=1&x=1",
            [("text", "required"), ("number", "min_value"), ("truth", "repeated"), ("x", "unknown")],
        ),
    ],
)
def test_faults_of_a_query_are_told_all_at_once(client: APIClient, query: str, expected: list[tuple[str, str]]) -> None:
    answer = client.get(f"/echo?{query}")

    assert answer.status_code == 400
    assert faults(answer) == sorted(expected)


@pytest.mark.parametrize(("word", "truth"), [("true", True), ("1", True), ("False", False), ("0", False)])
def test_truth_in_a_query_has_two_spellings(client: APIClient, word: str, truth: bool) -> None:
    assert client.get(f"/echo?text=a&truth={word}").json()["truth"] is truth


@pytest.mark.parametrize("body", [[], "text", 1, None, True, [{"text": "a"}]])
def test_a_body_is_an_object(client: APIClient, body: object) -> None:
    answer = client.post("/echo", body, format="json")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'text': 'a'}",
        b'{"text": NaN}',
        b'{"text": "a", "number": Infinity}',
        b'{"text": "a",}',
        b'{"text": "\xff"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text":' * 20_000,
    ],
    ids=["nothing", "cut off", "quotes", "NaN", "Infinity", "comma", "not UTF-8", "UTF-16", "brackets", "braces"],
)
def test_a_body_is_json(client: APIClient, body: bytes) -> None:
    answer = client.post("/echo", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"text": "a", "text": "b"}', '"text"'),
        (b'{"text": "a", "te\\u0078t": "a"}', '"text"'),
        (b'{"text": "a", "emails": [{"b": {"c": 1, "c": 1}}]}', '"c"'),
    ],
)
def test_a_name_twice_in_one_object_is_a_fault_that_tells_the_name(client: APIClient, body: bytes, name: str) -> None:
    answer = client.post("/echo", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["detail"] == f"The name {name} stands twice in one object."


def test_a_body_may_be_large_but_not_too_large(client: APIClient) -> None:
    padding = " " * (MAX_BODY_BYTES - len(json.dumps({"text": "a"})))

    fits = client.post("/echo", json.dumps({"text": "a"}) + padding, content_type="application/json")
    too_large = client.post("/echo", json.dumps({"text": "a"}) + padding + " ", content_type="application/json")

    assert fits.status_code == 200
    assert too_large.status_code == 413
    assert too_large.json()["type"] == "urn:w2meet:problem:body-too-large"


def test_a_parameter_beside_a_body_is_a_fault(client: APIClient) -> None:
    answer = client.post("/echo?text=a", {"text": "a"}, format="json")

    assert faults(answer) == [("text", "unknown")]
