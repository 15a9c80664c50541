"""How gunicorn serves each of the three services. The address comes from the command line."""

import atexit
import gc
import os
import resource
import select
import shutil
import signal
import tempfile
from typing import Any

from gevent import monkey

# Before anything opens a socket or a lock: the application is loaded before the workers are forked.
monkey.patch_all()

import gunicorn.http.message

from common.conf import env

MEMORY = "/dev/shm"  # noqa: S108  a file system that containers have, too, whose root is read-only
MASTER = os.getpid()
# Where the workers put the numbers together that each tells Prometheus. Before prometheus_client is loaded.
METRICS = tempfile.mkdtemp(prefix="w2meet-metrics-", dir=MEMORY)
os.environ.update(PROMETHEUS_MULTIPROC_DIR=METRICS)

# Fifty attendees of 254 characters each, all of them percent-encoded, and the other parameters.
gunicorn.http.message.MAX_REQUEST_LINE = limit_request_line = 128 * 1024

worker_class = "common.worker.Worker"
workers = env.integer("WEB_CONCURRENCY", 2)
# Many more than are answered at once (MAX_IN_FLIGHT): whoever is refused must be let in to be told so.
worker_connections = 2048
FILES = 2 * worker_connections
preload_app = True
keepalive = 75  # seconds for the head of a request to come, and again for its body
graceful_timeout = 8
timeout = 30
worker_tmp_dir = MEMORY  # heartbeats must not wait for a disk
control_socket_disable = True
loglevel = "warning"

# Most wait for each other: who is woken lets the one who runs go on, instead of taking its place in mid-request.
os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if soft < FILES <= hard:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))


@atexit.register
def forget_metrics() -> None:
    """Leaves nothing behind. A worker, which ends with what it has from this process, does not."""
    if os.getpid() == MASTER:
        shutil.rmtree(METRICS, ignore_errors=True)


def hold() -> None:
    """Lets SIGTERM wait: a worker that gets it before it listens to signals would lose it, and go on."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def let() -> None:
    """Lets it through again."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


os.register_at_fork(before=hold, after_in_parent=let)


def when_ready(server: Any) -> None:
    """Keeps the collector from touching, and so copying, what the workers share with this process."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """The worker listens to signals now, and begins to serve."""
    let()
    # The pools only ask whether a connection has something to read now, and never wait.
    select.poll = monkey.get_original("select", "poll")  # type: ignore[misc]
