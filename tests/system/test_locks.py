"""What `make lock` pins for each service's image."""

import importlib.metadata
import tomllib
from collections.abc import Iterable, Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.servers import ROOT

SERVICES = ("user_service", "availability_service", "suggestion_service")


def pins(path: str) -> set[str]:
    """What a lock pins, each as `name==version` and perhaps the environments that need it."""
    lines = (ROOT / path).read_text().splitlines()
    return {line.rstrip("\\ ") for line in lines if not line.startswith(" ")}


def group(name: str) -> Iterator[Requirement]:
    """What a group of pyproject.toml asks for."""
    for entry in tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"][name]:
        if isinstance(entry, dict):
            yield from group(entry["include-group"])
        else:
            yield Requirement(entry)


def needed(requirements: Iterable[Requirement], seen: set[Requirement]) -> set[str]:
    """The names of all that these need, and of what that needs in turn."""
    for requirement in set(requirements) - seen:
        seen.add(requirement)
        for further in map(Requirement, importlib.metadata.requires(requirement.name) or []):
            marker = further.marker
            if not marker or any(marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
                needed([further], seen)
    return {canonicalize_name(requirement.name) for requirement in seen}


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_installs_all_that_its_service_needs(service: str) -> None:
    pinned = {pin.partition("==")[0] for pin in pins(f"{service}/requirements.lock")}

    assert needed(group(service.replace("_", "-")), set()) <= pinned


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_installs_what_is_tested(service: str) -> None:
    pinned = pins(f"{service}/requirements.lock")

    assert "django" in {pin.partition("==")[0] for pin in pinned}
    # Which platforms need a package may be said in other words where others need it, too.
    assert versions(pinned) <= versions(pins("run.lock"))


def versions(pinned: set[str]) -> set[str]:
    return {pin.partition(" ")[0] for pin in pinned}


@pytest.mark.parametrize("service", SERVICES)
def test_only_user_service_installs_clients_of_redis(service: str) -> None:
    names = {pin.partition("==")[0] for pin in pins(f"{service}/requirements.lock")}

    assert names & {"redis", "django-redis", "hiredis"} == (
        {"redis", "django-redis", "hiredis"} if service == "user_service" else set()
    )


@pytest.mark.parametrize("lock", ["run.lock", "test.lock", *(f"{service}/requirements.lock" for service in SERVICES)])
def test_a_lock_names_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert "--hash=sha256:" in text
    assert "://" not in text
