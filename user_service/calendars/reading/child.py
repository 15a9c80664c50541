"""A fresh process with limits, in which what strangers wrote is read.

Fresh, since the library keeps a time zone that a calendar defines, by its name, for as long as a process lives.
"""

import gc
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

from user_service.calendars.processes import CONTEXT
from user_service.ics.components import CalendarError

Work = Callable[..., list[bytes]]

CPU_SECONDS = 5
SECONDS = 8
MEMORY_BYTES = 384 << 20

_MAX_ANSWER_BYTES = 2 << 20
_LIMITS = {
    resource.RLIMIT_CPU: (CPU_SECONDS, CPU_SECONDS + 1),  # the first ends a process by SIGXCPU, which tells why
    resource.RLIMIT_AS: (MEMORY_BYTES, MEMORY_BYTES),
    resource.RLIMIT_CORE: (0, 0),  # it would hold the calendar
}
_TOO_SLOW = "It takes too long to read."
_TOO_LARGE = "It takes too much memory to read."
_UNREAD = "It cannot be read."


class UnreadableCalendar(ValueError):  # noqa: N818  a fault of the calendar
    """A calendar of which nothing can be read. The text says why, in words for people."""


def run(work: Work, *arguments: object) -> list[bytes]:
    """What the function, of a module's top level, returns in a process of its own. Raises UnreadableCalendar."""
    receiver, sender = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_work, args=(sender, work, arguments), daemon=True)
    try:
        with receiver, sender:
            process.start()
            sender.close()
            return _receive(receiver)
    except (EOFError, OSError):  # it has died, or answers too much
        if process.pid:
            process.join(SECONDS)
        raise UnreadableCalendar(_TOO_SLOW if process.exitcode == -signal.SIGXCPU else _UNREAD) from None
    finally:
        if process.pid:
            process.kill()
            process.join()
            process.close()


def _receive(receiver: Connection) -> list[bytes]:
    if not receiver.poll(SECONDS):
        raise UnreadableCalendar(_TOO_SLOW)
    if fault := receiver.recv_bytes(_MAX_ANSWER_BYTES):
        raise UnreadableCalendar(fault.decode())
    # Bytes, since whoever unpickles an answer trusts the process that has read a stranger's file.
    return [receiver.recv_bytes(_MAX_ANSWER_BYTES) for _ in range(int(receiver.recv_bytes(_MAX_ANSWER_BYTES)))]


def _work(sender: Connection, work: Work, arguments: tuple[object, ...]) -> None:
    gc.disable()  # the process ends before that pays
    for limit, values in _LIMITS.items():
        resource.setrlimit(limit, values)
    answer: list[bytes] = []
    fault = ""
    try:
        answer = work(*arguments)
    except CalendarError as bad:
        fault = str(bad)
    except MemoryError:
        fault = _TOO_LARGE
    except Exception:  # noqa: BLE001  untold, since it may quote the calendar
        fault = _UNREAD
    for piece in (fault.encode(), str(len(answer)).encode(), *answer):
        sender.send_bytes(piece)
