"""How gunicorn serves each of the three services: its stock gevent worker. The address comes from the command line."""

import gevent
from gevent import monkey

# The application is loaded before the workers are forked: before anything of it opens a socket or a lock.
monkey.patch_all()

import atexit
import gc
import os
import resource
import shutil
import socket
import sys
import tempfile
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from common.conf import env

MEMORY = "/dev/shm"  # noqa: S108  a file system that containers have, too, whose root is read-only
SEND_BUFFER_BYTES = 256 * 1024

try:
    # How long a client may take nothing of its answer.
    READER_SECONDS = env.integer("READER_SECONDS", 30)
    workers = env.integer("WEB_CONCURRENCY", 2)
except ImproperlyConfigured as fault:
    sys.exit(str(fault))

worker_class = "gevent"
# Many more than are answered at once (MAX_IN_FLIGHT): whoever is refused must be let in to be told so.
worker_connections = 2048
preload_app = True
keepalive = 2  # seconds for the head of the next request to come; kept connections hold the stop as long
graceful_timeout = 8
timeout = 30
# Fifty attendees of 254 characters, percent-encoded, take 40 kB, and gunicorn knows no limit above 8: our middleware
# refuses what is longer than 64, and the gateway what is much longer.
limit_request_line = 0
# Which path is meant, nobody says but the request line, whoever is believed about addresses (FORWARDED_ALLOW_IPS).
forwarder_headers = ""
worker_tmp_dir = MEMORY  # heartbeats must not wait for a disk
control_socket_disable = True
loglevel = "warning"

# Where the workers put the numbers together that each tells Prometheus. Before prometheus_client is loaded.
METRICS = tempfile.mkdtemp(prefix="w2meet-metrics-", dir=MEMORY)
os.environ.update(PROMETHEUS_MULTIPROC_DIR=METRICS)
MASTER = os.getpid()

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(2 * worker_connections, hard)), hard))


@atexit.register
def forget_metrics() -> None:
    """Leaves nothing behind. A worker, which ends with what it has from this process, does not."""
    if os.getpid() == MASTER:
        shutil.rmtree(METRICS, ignore_errors=True)


def when_ready(server: Any) -> None:
    """Bounds what a client that does not read costs: accepted connections inherit these (socket(7), tcp(7))."""
    # What has been loaded stays: workers need not look through it again and again for what could go.
    gc.freeze()
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, READER_SECONDS * 1000)


def post_worker_init(worker: Any) -> None:
    """Keeps the queue of those who connect: the worker closes its listeners when it stops, and with them the queue."""
    worker.queues = [listener.dup() for listener in worker.sockets]


def worker_exit(server: Any, worker: Any) -> None:
    """Answers those who had connected before the worker stopped listening, and lets in nobody else."""
    connections = []
    for queue in getattr(worker, "queues", []):
        listener = SimpleNamespace(getsockname=partial(tuple, queue.getsockname()))
        queue.settimeout(0)
        with queue, suppress(BlockingIOError):
            while True:
                connections.append(gevent.spawn(worker.handle, listener, *queue.accept()))
    gevent.joinall(connections, timeout=graceful_timeout)
