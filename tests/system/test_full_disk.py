"""A disk that is really full: Redis in a container, with a file system of a few hundred kilobytes."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import requests

from tests.support import people
from tests.support.clients import Clients, create_user
from tests.support.engine import REDIS_IMAGE, docker
from tests.support.problems import assert_problem
from tests.support.servers import HOST, ROOT, Service, eventually, free_port
from tests.support.stored import stored_emails

pytestmark = pytest.mark.compose

DISK = ["--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=size=512k"]
BALLAST_KIB = 200


class Disk:
    """A small file system, and a Redis that keeps its data there; `name` is that of all of it."""

    def __init__(self) -> None:
        self.name = f"w2meet-disk-{uuid.uuid4().hex[:8]}"
        self.port = free_port()
        self.url = f"redis://{HOST}:{self.port}/0"

    def attach(self) -> None:
        """Puts something on the disk that can be removed later, and keeps the disk while Redis does not run."""
        docker("volume", "create", *DISK, self.name)
        fill = f"dd if=/dev/zero of=/data/ballast bs=1k count={BALLAST_KIB} && exec sleep infinity"
        self._run(f"{self.name}-holder", "--entrypoint", "sh", REDIS_IMAGE, "-c", fill)

    def start(self) -> None:
        """Starts Redis, with the settings that Compose gives it."""
        settings = Path(ROOT, "compose", "redis.conf")
        mounted = ["--publish", f"{HOST}:{self.port}:6379", "--volume", f"{settings}:/etc/redis.conf:ro"]
        self._run(self.name, *mounted, REDIS_IMAGE, "redis-server", "/etc/redis.conf", "--protected-mode", "no")

    def make_room(self) -> None:
        """Does what an operator would."""
        docker("exec", f"{self.name}-holder", "rm", "/data/ballast")

    def remove(self) -> None:
        """Leaves nothing behind."""
        docker("rm", "--force", self.name, f"{self.name}-holder", check=False)
        docker("volume", "rm", "--force", self.name, check=False)

    def ready(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=5).ping())
        except redis.RedisError:
            return False

    def _run(self, name: str, *words: str) -> None:
        docker("rm", "--force", name, check=False)
        docker("run", "--detach", "--name", name, "--volume", f"{self.name}:/data", *words)


@pytest.fixture
def disk(container_engine: None) -> Iterator[Disk]:
    small = Disk()
    try:
        small.attach()
        small.start()
        eventually(small.ready, "Redis")
        yield small
    finally:
        small.remove()


def test_a_full_disk_refuses_writes_and_loses_none_that_were_acknowledged(disk: Disk) -> None:
    with Service("user-service", REDIS_URL=disk.url) as users:
        with Clients(users.url, create_user).running(2) as clients:
            eventually(lambda: clients.answers[503], "a refusal")
        refused = requests.post(f"{users.url}/users", json={"email": "late@example.org", "name": "L"}, timeout=30)
        assert_problem(refused, 503, "Redis ")

        disk.make_room()
        disk.start()
        eventually(users.is_healthy, "health")

        assert set(clients.answers) == {201, 503}
        with redis.Redis.from_url(disk.url) as client:
            stored = stored_emails(client)
        assert set(map(people.email, clients.done)) <= stored
