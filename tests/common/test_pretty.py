"""An answer as JSON on a page."""

import html
import json
import re
from typing import Any

import pytest

from common.browsable.pretty import LIMIT, markup

OWN = "http://here/"


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, "text", {"a": [], "b": {}}, {"a": {"b": [1, [2, 3], {"c": None}]}, "d": [True, 1.5, "x"]}],
)
def test_the_text_is_the_json_of_the_answer(answer: Any) -> None:
    text, is_whole = markup(answer, OWN)

    assert is_whole
    assert json.loads(html.unescape(re.sub("<[^>]+>", "", text))) == answer


def test_a_short_list_is_one_line() -> None:
    text, _ = markup({"grid": [[0] * 24] * 2}, OWN)

    assert len(text.splitlines()) == 6


def test_what_is_quoted_stays_text() -> None:
    text, _ = markup({"<i>": ["<script>", {"x": "</code>"}, [{"y": "<b>"}]]}, OWN)

    assert not re.search("<(?!/?b>)", text)
    assert "&lt;script&gt;" in text


def test_addresses_of_this_host_are_links_and_others_are_not() -> None:
    text, _ = markup({"next": 'http://here/users?a="b"&c', "other": "http://there/"}, OWN)

    assert text.count("<a ") == 1
    assert 'href="http://here/users?a=&quot;b&quot;&amp;c"' in text


def test_a_long_answer_is_cut() -> None:
    text, is_whole = markup({"emails": [f"p{number}@example.org" for number in range(100_000)]}, OWN)

    assert not is_whole
    assert len(text) < LIMIT + 1000
