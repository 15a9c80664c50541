"""A time within which all of a fetch ends: names that are looked up, headers that drip, and redirects as well."""

import logging
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

from user_service.calendars.fetching.faults import Failing, Refused
from user_service.calendars.processes import CONTEXT

_KINDS: dict[str, type[Exception]] = {"refused": Refused, "failing": Failing}


def run(seconds: float, work: Callable[..., list[bytes]], *arguments: object) -> list[bytes]:
    """What a function of a module's top level returns, in a process that the kernel ends after so many seconds.

    Raises Refused and Failing, as the function does, or Failing when it has not ended by then.
    """
    receiver, sender = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_work, args=(seconds, sender, work, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        # Bytes, since whoever unpickles an answer trusts the process that has read a stranger's.
        kind, count = receiver.recv_bytes().decode().split()
        pieces = [receiver.recv_bytes() for _ in range(int(count))]
    except EOFError:
        process.join()
        is_late = process.exitcode == -signal.SIGALRM
        raise Failing(f"It took longer than {seconds:g} s." if is_late else "Fetching it ended early.") from None
    finally:
        receiver.close()
        process.kill()
        process.join()
        process.close()
    if kind in _KINDS:
        raise _KINDS[kind](pieces[0].decode())
    return pieces


def _work(seconds: float, sender: Connection, work: Callable[..., list[bytes]], arguments: tuple[object, ...]) -> None:
    # Nobody else can end a look-up of a name; and so it ends as well when whoever waits for it has been killed.
    signal.setitimer(signal.ITIMER_REAL, seconds)
    # Whoever waits tells that it was interrupted.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # A warning of a library may quote an address with its secret.
    logging.disable()
    kind = "done"
    try:
        pieces = work(*arguments)
    except (Refused, Failing) as fault:
        kind, pieces = type(fault).__name__.lower(), [fault.reason.encode()]
    except Exception as fault:  # noqa: BLE001  its text is untold, since it may quote the address
        kind, pieces = "failing", [f"Fetching it went wrong: {type(fault).__name__}.".encode()]
    for piece in (f"{kind} {len(pieces)}".encode(), *pieces):
        sender.send_bytes(piece)
