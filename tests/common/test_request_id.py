"""The id of a request: kept or made, answered, and in every line of the log."""

import logging
import re
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from common.observability import request_id


def test_a_sane_id_is_kept(client: APIClient, log: Callable[[], str]) -> None:
    for sane in ("a", "7b3e2c1a-90d4-4e5f-8a6b-1c2d3e4f5a6b", "00-4bf92f3577b34da6-00f0-01", "A" * 128):
        answer = client.get("/health", headers={"X-Request-ID": sane})
        assert answer["X-Request-ID"] == sane
        assert f"[{sane}] access: GET /health 200" in log()


@pytest.mark.parametrize("sent", ["", " ", "a b", "a\nb", "a\r\nX: y", "ä", "A" * 129, '"a"', "<b>", "[x] forged"])
def test_any_other_id_is_replaced(client: APIClient, sent: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": sent})

    assert re.fullmatch("[0-9a-f]{16}", answer["X-Request-ID"])


def test_each_request_without_an_id_gets_one_of_its_own(client: APIClient) -> None:
    made = {client.get("/health/live")["X-Request-ID"] for _ in range(10)}

    assert len(made) == 10


def test_every_line_that_is_logged_meanwhile_holds_the_id(client: APIClient, log: Callable[[], str]) -> None:
    client.get("/bug", headers={"X-Request-ID": "the-id"})

    lines = [line for line in log().splitlines() if re.match(r"[a-z-]+ +\| \d\d:\d\d:\d\d\.", line)]
    assert len(lines) == 2
    assert all("[the-id]" in line for line in lines)


def test_a_line_that_is_logged_outside_of_a_request_has_a_dash(log: Callable[[], str]) -> None:
    request_id._current.set(request_id.NONE)  # noqa: SLF001

    logging.getLogger("somewhere").warning("Something.")

    assert log().endswith(" [-] somewhere: Something.\n")


@pytest.mark.parametrize("path", ["/echo?text=ann@example.org", "/nowhere/ann@example.org"])
def test_the_log_names_nobody(client: APIClient, log: Callable[[], str], path: str) -> None:
    client.get(path)

    assert "access: GET /" in log()
    assert "ann" not in log()
