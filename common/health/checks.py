"""Health that cascades: a service is healthy when everything below it is (contract, section 7)."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from common.api.exceptions import BadGateway, Problem
from common.client import ServiceClient

HEALTHY, UNHEALTHY = "healthy", "unhealthy"
LIVE = "health/live"


class Check(Protocol):
    """Something a service depends on."""

    name: str

    def run(self) -> dict[str, Any]:
        """What else there is to say of it, such as `{"dependencies": ...}`. Raises Problem when it is not healthy."""


class Unhealthy(Problem):
    """A dependency that answers, but says that it is not healthy. `extra` holds what it says of those below."""


@dataclass(frozen=True)
class ServiceCheck:
    """The health of the service below, asked within a budget of its own."""

    client: ServiceClient
    seconds: float

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.client.name

    def run(self) -> dict[str, Any]:
        """The dependencies that the service below reports."""
        status, answer = self.client.health(self.seconds)
        if not self._is_report(answer):
            raise BadGateway(f"{self.name} answered its health check with something else, with status {status}.")
        below = {"dependencies": answer["dependencies"]} if "dependencies" in answer else {}
        if status != HTTPStatus.OK or answer["status"] != HEALTHY:
            raise Unhealthy(f"{self.name} says that it is unhealthy.", **below)
        return below

    def _is_report(self, answer: dict[str, Any]) -> bool:
        """Whether this is a report of the service that we mean: its address may be that of another."""
        return (
            answer.get("service") == self.name
            and answer.get("status") in (HEALTHY, UNHEALTHY)
            and isinstance(answer.get("dependencies", {}), dict)
        )


def report() -> dict[str, Any]:
    """The health of this service: `{service, status, dependencies}`."""
    dependencies = {check.name: _result(check) for check in map(import_string, settings.HEALTH_CHECKS)}
    healthy = all(result["status"] == HEALTHY for result in dependencies.values())
    return {
        "service": settings.SERVICE_NAME,
        "status": HEALTHY if healthy else UNHEALTHY,
        "dependencies": dependencies,
    }


def _result(check: Check) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        outcome = {"status": HEALTHY, **check.run()}
    except Problem as problem:
        outcome = {"status": UNHEALTHY, "error": str(problem.detail), **problem.extra}
    return outcome | {"response_time_ms": round((time.perf_counter() - began) * 1000, 1)}
