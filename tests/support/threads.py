"""Work that goes on at once, each piece in a thread of its own."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


@contextmanager
def at_once(work: Iterable[Callable[[], object]], over: threading.Event) -> Iterator[None]:
    """Begins all of it. On leaving the context `over` tells each piece to end, and all of them are waited for."""
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
