"""What `make lock` pins for each service's image."""

import pytest

from tests.servers import ROOT

SERVICES = ("user_service", "availability_service", "suggestion_service")


def pins(path: str) -> set[str]:
    """What a lock pins, each as `name==version` and perhaps the environments that need it."""
    lines = (ROOT / path).read_text().splitlines()
    return {line.rstrip("\\ ") for line in lines if not line.startswith(" ")}


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_installs_what_is_tested(service: str) -> None:
    pinned = pins(f"{service}/requirements.lock")

    assert "django" in {pin.partition("==")[0] for pin in pinned}
    assert pinned <= pins("run.lock")


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
