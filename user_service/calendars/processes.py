"""Fresh processes with limits, in which what strangers have written is fetched and read.

Fresh, since the library keeps a time zone that a calendar defines, by its name, for as long as a process lives. Each is
forked from a server that has the libraries and has read nothing. The server imports the main module again: that of a
command is manage.py.
"""

import gc
import logging
import multiprocessing
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

from user_service.calendars.faults import CalendarFault, Failing, Refused, UnreadableCalendar

Work = Callable[..., list[bytes]]

CPU_SECONDS = 5
MEMORY_BYTES = 384 << 20
MAX_PIECE_BYTES = 16 << 20

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "django.core.management",
        "user_service.calendars.reading.calendar_file",
        "user_service.calendars.fetching.caldav",
    ]
)
_LIMITS = {
    resource.RLIMIT_CPU: (CPU_SECONDS, CPU_SECONDS + 1),  # the first ends a process by SIGXCPU, which tells why
    resource.RLIMIT_AS: (MEMORY_BYTES, MEMORY_BYTES),
    resource.RLIMIT_CORE: (0, 0),  # it would hold the calendar
}
_FAULTS = {kind.__name__: kind for kind in (Refused, Failing, UnreadableCalendar)}


def run(seconds: float, fault: type[CalendarFault], work: Work, *arguments: object) -> list[bytes]:
    """What a function of a module's top level returns, in a process that the kernel ends after so many seconds.

    Raises the CalendarFault that the function raises, and `fault` if it takes more than it may or goes wrong otherwise.
    """
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_work, args=(seconds, fault, sender, work, arguments), daemon=True)
    try:
        with receiver, sender:
            process.start()
            sender.close()
            # Bytes, since whoever unpickles an answer trusts the process that has read a stranger's.
            kind, count = receiver.recv_bytes(MAX_PIECE_BYTES).decode().split()
            pieces = [receiver.recv_bytes(MAX_PIECE_BYTES) for _ in range(int(count))]
    except (EOFError, OSError):  # it has died, or answers too much
        if process.pid:
            process.join(seconds)
        late = {-signal.SIGALRM: seconds, -signal.SIGXCPU: CPU_SECONDS}.get(process.exitcode or 0)
        raise fault(f"It took longer than {late:g} s." if late else "It cannot be read.") from None
    finally:
        if process.pid:
            process.kill()
            process.join()
            process.close()
    if kind in _FAULTS:
        raise _FAULTS[kind](pieces[0].decode())
    return pieces


def _work(
    seconds: float, otherwise: type[CalendarFault], sender: Connection, work: Work, arguments: tuple[object, ...]
) -> None:
    # Nobody else can end a look-up of a name; and so it ends as well when whoever waits for it has been killed.
    signal.setitimer(signal.ITIMER_REAL, seconds)
    # Whoever waits tells that it was interrupted.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for limit, values in _LIMITS.items():
        resource.setrlimit(limit, values)
    gc.disable()  # the process ends before that pays
    logging.disable()  # a warning of a library may quote an address with its secret
    kind, pieces = "done", []
    try:
        pieces = work(*arguments)
    except CalendarFault as fault:
        kind, pieces = type(fault).__name__, [fault.reason.encode()]
    except MemoryError:
        kind, pieces = otherwise.__name__, [b"It takes too much memory to read."]
    except Exception as fault:  # noqa: BLE001  its text is untold, since it may quote an address or the calendar
        kind, pieces = otherwise.__name__, [f"It cannot be read ({type(fault).__name__}).".encode()]
    for piece in (f"{kind} {len(pieces)}".encode(), *pieces):
        sender.send_bytes(piece)
