"""A line of the log for programs."""

import json
import logging
import sys

from common.observability.logs import JsonFormatter


def line(message: str, *arguments: object, exc_info: bool = False) -> str:
    trace = sys.exc_info() if exc_info else None
    record = logging.LogRecord("somewhere", logging.ERROR, "", 0, message, arguments, trace)
    return JsonFormatter("a-service").format(record)


def test_a_message_is_told_with_its_arguments() -> None:
    found = json.loads(line("%s is %d", "one", 1))

    assert found["message"] == "one is 1"
    assert (found["level"], found["service"], found["logger"]) == ("ERROR", "a-service", "somewhere")


def test_a_trace_is_on_the_same_line() -> None:
    try:
        int("the bug")
    except ValueError:
        told = line("A bug of ours", exc_info=True)

    assert "\n" not in told
    assert json.loads(told)["trace"].endswith("'the bug'")
