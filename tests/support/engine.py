"""The system in containers, on whatever container engine answers."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from compose.run import HOST, SERVICES, variable
from tests.support.servers import ROOT, eventually, free_port

FILE = ROOT / "compose" / "compose.yaml"
REDIS_IMAGE = "redis:7-alpine"
PATIENCE_SECONDS = 300


def why_none() -> str | None:
    """Why no container engine can be used here; None if one can."""
    try:
        for command in (["docker", "info"], ["docker", "compose", "version"]):
            subprocess.run(command, capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as fault:
        return f"no container engine answers: {fault}"
    return None


def docker(*words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    """Runs `docker`. When it fails, so does the test, with what it said."""
    return _run(["docker", *words], {}, check=check)


class Compose:
    """The system as a project of Compose, on free ports and with the defaults of everything else."""

    def __init__(self) -> None:
        self.project = f"w2meet-test-{os.getpid()}"
        self.env = {variable(name, "PORT"): str(free_port()) for name in SERVICES}
        self.urls = {name: f"http://{HOST}:{self.env[variable(name, 'PORT')]}" for name in SERVICES}
        self.users, self.availability, self.suggestions = self.urls.values()

    def __call__(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Runs `docker compose`, without the settings of a developer's own .env file."""
        own = ["--project-name", self.project, "--file", str(FILE), "--env-file", os.devnull]
        return _run(["docker", "compose", *own, *words], self.env, check=check)

    def up(self, *options: str) -> None:
        """Starts what is not running and waits until all of it is healthy."""
        self("up", "--detach", "--wait", *options)

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers."""
        return self("ps", "--all", "--quiet", service).stdout.split()

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine knows of a service's first container."""
        found: dict[str, Any] = json.loads(docker("inspect", self.containers(service)[0]).stdout)[0]
        return found

    def execute(self, service: str, *command: str, check: bool = True) -> str:
        """What a command prints inside a service's container."""
        return self("exec", "-T", service, *command, check=check).stdout

    def kill(self, service: str) -> None:
        """Ends a container's first process as the kernel would. `docker kill` would keep it from coming back."""
        process = self.inspect(service)["State"]["Pid"]
        docker("run", "--rm", "--pid=host", "--entrypoint", "sh", REDIS_IMAGE, "-c", f"kill -9 {process}")

    @contextmanager
    def stopped(self, service: str) -> Iterator[None]:
        """A container that has ended, in order."""
        self("stop", service)
        try:
            yield
        finally:
            self.up()

    @contextmanager
    def frozen(self, service: str) -> Iterator[None]:
        """A container that does not run, with its connections open."""
        self("pause", service)
        try:
            yield
        finally:
            self("unpause", service)
            eventually(lambda: self.inspect(service)["State"]["Health"]["Status"] == "healthy", "health")

    @contextmanager
    def cut_off(self, service: str) -> Iterator[None]:
        """A container that runs, but that no other reaches."""
        network, container = f"{self.project}_private", self.containers(service)[0]
        docker("network", "disconnect", network, container)
        try:
            yield
        finally:
            docker("network", "connect", "--alias", service, network, container)

    def left(self) -> list[str]:
        """The ids of all containers, volumes and networks of the project."""
        label = f"label=com.docker.compose.project={self.project}"
        kinds = (["ps", "--all"], ["volume", "ls"], ["network", "ls"])
        return [found for kind in kinds for found in docker(*kind, "--quiet", "--filter", label).stdout.split()]


def _run(command: list[str], env: dict[str, str], *, check: bool) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == 0 or not check, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done
