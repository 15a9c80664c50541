"""Files and processes that would take for ever, or too much: they end within the limits, and harm nobody else."""

import os
import re
import secrets
import signal
import time
import zlib
from pathlib import Path

import pytest

from tests.user_service.calendars.test_reading import (
    ANN,
    CUSTOM,
    END,
    NINE,
    NINE_IS_BUSY,
    START,
    calendar,
    event,
    minute,
    minutes,
)
from user_service.calendars import processes
from user_service.calendars.faults import UnreadableCalendar
from user_service.calendars.reading.calendar_file import MAX_BYTES, SECONDS, Reading, expand_again, read_calendar
from user_service.calendars.reading.scan import MAX_EVENTS

pytestmark = pytest.mark.long

START_OF_ONE = "DTSTART:20200101T080000Z"
TOO_SLOW, TOO_LARGE, UNREAD = "took longer than", "too much memory", "cannot be read"


def read(content: bytes) -> Reading:
    return read_calendar(content, ANN, minute(START), minute(END))


def many(*lines: str, count: int) -> list[str]:
    return [event(*(line.replace("#", str(number)) for line in lines), uid=str(number)) for number in range(count)]


def fill(piece: bytes) -> bytes:
    """As much of a calendar as may be read."""
    return (b"BEGIN:VCALENDAR\r\n" + piece * (MAX_BYTES // len(piece)))[:MAX_BYTES]


REFUSED: dict[str, tuple[bytes, str]] = {
    "impossible rules": (
        calendar(*many(START_OF_ONE, "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", count=200)),
        TOO_SLOW,
    ),
    "a thousand daily rules": (
        calendar(*many(START_OF_ONE, "DURATION:PT1H", "RRULE:FREQ=DAILY", count=1000)),
        "20,000",
    ),
    "too many events": (calendar(*many(NINE, count=MAX_EVENTS + 1)), "10,000 events"),
    "more than is kept": (
        calendar(event("DTSTART:20261123", "EXDATE:" + ",".join(os.urandom(4).hex() for _ in range(400_000)))),
        "too many times and rules",
    ),
    "lines without end": (fill(b"x"), "no END"),
    "empty lines": (fill(b"\n"), "no END"),
    "ends of lines that are none": (fill(b"\r\n "), f"no END|{TOO_LARGE}"),
    "components within components": (fill(b"BEGIN:VEVENT\n"), "nested deeper"),
    "quotes": (b"BEGIN:VCALENDAR\nDTSTART" + b';A="' * 2_000_000, TOO_LARGE),
    "parameters": (b"BEGIN:VCALENDAR\nDTSTART" + b";A=b" * 2_000_000, TOO_LARGE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_within_the_limits(name: str) -> None:
    content, reason = REFUSED[name]
    began = time.monotonic()

    with pytest.raises(UnreadableCalendar, match=reason):
        read(content)

    assert time.monotonic() - began < SECONDS + 2
    assert read(calendar(event(NINE))).busy == (minutes(NINE_IS_BUSY),)


def test_as_many_events_as_there_may_be_are_read() -> None:
    assert read(calendar(*many(NINE, count=MAX_EVENTS))).busy == (minutes(NINE_IS_BUSY),)


OTHERS = event(NINE, uid="another")
READ_BUT_FOR: dict[str, tuple[bytes, int]] = {
    "each minute": (calendar(*many(START_OF_ONE, "RRULE:FREQ=MINUTELY", count=1000), OTHERS), 1000),
    "each second": (calendar(event(START_OF_ONE, "RRULE:FREQ=SECONDLY"), OTHERS), 1),
    "a zone that changes each second": (
        calendar(
            CUSTOM.replace("FREQ=YEARLY", "FREQ=SECONDLY"),
            event("DTSTART;TZID=Customized Time Zone:20261123T120000"),
            OTHERS,
        ),
        1,
    ),
    "zones that nobody knows": (
        calendar(*many("DTSTART;TZID=Europe/Berl#n:20261123T090000", count=5000), OTHERS),
        5000,
    ),
    "nothing but mistakes": (calendar(*many("DTSTART:#", "DTEND:#", count=5000), OTHERS), 5000),
}


@pytest.mark.parametrize("name", READ_BUT_FOR)
def test_what_does_not_take_the_rest_with_it(name: str) -> None:
    content, unread = READ_BUT_FOR[name]

    reading = read(content)

    assert (reading.busy, reading.unread_events) == ((minutes(NINE_IS_BUSY),), unread)


def test_what_is_kept_may_not_grow_beyond_a_file_when_it_is_expanded_again() -> None:
    bomb = zlib.compress(b"\n" * (1 << 26))

    with pytest.raises(UnreadableCalendar, match="larger than 10 MiB"):
        expand_again(bomb, ANN, minute(START), minute(END))


def run(work: processes.Work, *arguments: object, seconds: float = SECONDS) -> list[bytes]:
    return processes.run(seconds, UnreadableCalendar, work, *arguments)


def sleep() -> list[bytes]:
    time.sleep(600)
    return []


def die() -> list[bytes]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def leave() -> list[bytes]:
    os._exit(0)


def allocate() -> list[bytes]:
    return [bytes(processes.MEMORY_BYTES)]


def fail() -> list[bytes]:
    raise LookupError("secret")


def tell_too_much() -> list[bytes]:
    return [bytes(processes.MAX_PIECE_BYTES + 1)]


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (sleep, TOO_SLOW),
        (die, UNREAD),
        (leave, UNREAD),
        (allocate, TOO_LARGE),
        (fail, UNREAD),
        (tell_too_much, UNREAD),
    ],
)
def test_a_process_that_does_not_answer_is_a_calendar_that_cannot_be_read(
    work: processes.Work, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnreadableCalendar, match=reason):
        run(work, seconds=1 if work is sleep else SECONDS)

    assert "secret" not in capfd.readouterr().err


def process_and_parent() -> list[bytes]:
    return [str(os.getpid()).encode(), str(os.getppid()).encode()]


def test_each_process_is_fresh_and_ends() -> None:
    (first, server), (second, same) = run(process_and_parent), run(process_and_parent)

    assert first != second
    assert server == same != str(os.getpid()).encode()
    assert not Path(f"/proc/{int(first)}").exists()


def find_in_memory(pattern: bytes, *_: bytes) -> list[bytes]:
    """What matches in the memory of this process. A pattern does not match itself if it has a class of letters."""
    found = []
    with Path("/proc/self/mem").open("rb", buffering=0) as memory:
        for line in Path("/proc/self/maps").read_text().splitlines():
            places, rights = line.split()[:2]
            first, last = (int(place, 16) for place in places.split("-"))
            if rights.startswith("rw"):
                memory.seek(first)
                found += re.findall(pattern, memory.read(last - first))
    return found


def test_nothing_of_what_one_process_read_is_in_the_next() -> None:
    title = secrets.token_hex()
    pattern = f"{title[:-1]}[{title[-1]}]".encode()
    assert title.encode() in run(find_in_memory, pattern, title.encode())

    for _ in range(3):
        read(calendar(event(NINE, f"SUMMARY:{title}", uid=title)))

    assert run(find_in_memory, pattern) == []
