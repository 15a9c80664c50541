"""Real processes for the tests: Redis, a service under gunicorn, the whole system as `make run` starts it."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import redis
import requests

from compose import run

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
PATIENCE_SECONDS = 30


# Below the range from which outgoing connections get theirs, so that none takes a port before its server does.
_ports = iter(random.sample(range(20_000, 32_000), k=12_000))


def free_port() -> int:
    """A port that nobody has at the moment, another one each time."""
    return next(filter(_is_free, _ports))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def eventually(
    holds: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS, pause_seconds: float = 0.02
) -> None:
    """Waits until it holds; fails, saying what never came, when it does not in time."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"{what} did not come within {seconds} s"
        time.sleep(pause_seconds)


class Server:
    """A process that answers, with all it starts, from entering the context until leaving it."""

    def __init__(self, command: list[str], env: Mapping[str, str] | None = None) -> None:
        self.command = command
        self.env = os.environ | dict(env or {})
        self._log = tempfile.NamedTemporaryFile(prefix="w2meet-test-", suffix=".log")  # noqa: SIM115
        self.process: subprocess.Popen[bytes] | None = None

    def ready(self) -> bool:
        """Whether it answers."""
        raise NotImplementedError

    def start(self) -> Self:
        """Starts the process, without waiting for anything."""
        self.process = subprocess.Popen(
            self.command, env=self.env, cwd=ROOT, stdout=self._log, stderr=self._log, start_new_session=True
        )
        return self

    def wait_until_ready(self) -> Self:
        """Waits until it answers; fails with its log when it ends before."""

        def up() -> bool:
            assert self.running, f"{self.command} ended:\n{self.log}"
            return self.ready()

        eventually(up, f"an answer of {self.command}")
        return self

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    @property
    def log(self) -> str:
        """All it has printed."""
        return Path(self._log.name).read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the process and all it has started in its session."""
        assert self.process
        os.killpg(self.process.pid, number)

    def freeze(self) -> None:
        """Stops it from running, with its sockets open, until `thaw`."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it run again."""
        self.send(signal.SIGCONT)

    def wait(self) -> int:
        """Waits until it has ended by itself, and returns its exit code."""
        assert self.process
        return self.process.wait(PATIENCE_SECONDS)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends it and returns its exit code."""
        if self.running:
            self.thaw()
            self.send(number)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            raise

    def close(self) -> None:
        """Ends it and forgets its log."""
        self.stop()
        self._log.close()

    def __enter__(self) -> Self:
        with ExitStack() as on_failure:
            on_failure.callback(self.close)
            self.start().wait_until_ready()
            on_failure.pop_all()
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()


class Redis(Server):
    """A Redis with the project's own configuration, in a folder of its own."""

    def __init__(self, folder: str | Path, port: int | None = None, *options: str) -> None:
        self.port = port or free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        where = ["--bind", HOST, "--port", str(self.port), "--dir", str(folder)]
        super().__init__([run.redis_server(), str(run.COMPOSE / "redis.conf"), *where, *options])

    def client(self) -> "redis.Redis":
        """A client of this Redis."""
        return redis.Redis(port=self.port)

    def ready(self) -> bool:
        """Whether it answers a PING."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class Service(Server):
    """One of the three services, served as `make run` serves it. `env` says where the one below is."""

    def __init__(self, name: str, port: int | None = None, **env: str) -> None:
        self.name = name
        self.url = f"http://{HOST}:{port or free_port()}"
        # The settings of the suite in which it is started are not its own.
        settings = {"DJANGO_SETTINGS_MODULE": f"{name.replace('-', '_')}.settings"}
        super().__init__(run.gunicorn(name, self.url), settings | env)

    @property
    def workers(self) -> list[int]:
        """The ids of its worker processes."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return list(map(int, children.read_text().split()))

    def ready(self) -> bool:
        """Whether the process answers."""
        try:
            return requests.get(f"{self.url}/health/live", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def is_healthy(self) -> bool:
        """Whether it says that it and all below it are healthy."""
        return requests.get(f"{self.url}/health", timeout=10).status_code == 200

    def stop(self, number: signal.Signals = signal.SIGQUIT) -> int:
        """Ends it at once: a graceful end waits a little for connections that are kept."""
        return super().stop(number)


class System(Server):
    """Everything, as `make run` starts it, on free ports unless `env` says otherwise."""

    def __init__(self, **env: str) -> None:
        names = [run.variable(name, "PORT") for name in (*run.SERVICES, run.REDIS)]
        super().__init__(["make", "run", f"PYTHON={sys.executable}"], {name: str(free_port()) for name in names} | env)
        # The first is that of the tests; the others are set where a make has started them.
        for name in {"REDIS_URL", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"} - env.keys():
            self.env.pop(name, None)
        self.ports = {name: self.env[name] for name in names}
        self.urls = {name: f"http://{HOST}:{self.env[run.variable(name, 'PORT')]}" for name in run.SERVICES}
        self.users, self.availability, self.suggestions = self.urls.values()
        self.redis_url = env.get("REDIS_URL", f"redis://{HOST}:{self.env[run.variable(run.REDIS, 'PORT')]}/0")

    def ready(self) -> bool:
        """Whether it says so."""
        return re.search("^ready", self.log, re.MULTILINE) is not None
