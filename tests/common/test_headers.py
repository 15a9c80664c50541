"""The headers that protect what a browser shows."""

import pytest
from rest_framework.test import APIClient

from tests.support.pages import BROWSER

PROTECTING = {"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"}


@pytest.mark.parametrize("path", ["/", "/docs", "/health", "/nothing"])
def test_a_page_may_load_only_from_its_own_host_and_run_nothing_inline(path: str) -> None:
    page = APIClient().get(path, headers={"Accept": BROWSER})

    policy = dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"
    assert page["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/health", "/nothing"])
def test_an_answer_for_programs_goes_without_them(path: str) -> None:
    assert not PROTECTING & set(APIClient().get(path).headers)
