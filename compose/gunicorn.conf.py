"""How gunicorn serves each of the three services. The address comes from the command line."""

import gc
import select
from typing import Any

from gevent import monkey

# Before anything opens a socket or a lock: the application is loaded before the workers are forked.
monkey.patch_all()

import gunicorn.http.message

from common import env

# Fifty attendees of 254 characters each, all of them percent-encoded, and the other parameters.
gunicorn.http.message.MAX_REQUEST_LINE = limit_request_line = 128 * 1024

worker_class = "gevent"
workers = env.integer("WEB_CONCURRENCY", 2)
worker_connections = 256
preload_app = True
keepalive = 75
graceful_timeout = 8
timeout = 30
worker_tmp_dir = "/dev/shm"  # noqa: S108  heartbeats must not wait for a disk
control_socket_disable = True
loglevel = "warning"


def when_ready(server: Any) -> None:
    """Keeps the collector from touching, and so copying, what the workers share with this process."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Gives poll() back to the pools: they only ask whether a connection has something to read now, and never wait."""
    select.poll = monkey.get_original("select", "poll")  # type: ignore[misc]
