"""A production system does not start with settings that are for development only."""

import pytest

from tests.support.servers import PATIENCE_SECONDS, Service

FIT = {
    "PRODUCTION": "true",
    "DEBUG": "false",
    "ALLOWED_HOSTS": "meet.example.org",
    "REDIS_URL": "redis://redis:6379/0",
    "REDIS_PASSWORD": "a secret of its own",
    "ACCESS": "token",
}


def refusal(unfit: dict[str, str]) -> list[str]:
    """The lines that user-service prints instead of starting."""
    service = Service("user-service", None, **FIT | unfit).start()
    assert service.process
    assert service.process.wait(PATIENCE_SECONDS) == 1
    return service.log.splitlines()


def test_a_service_starts_with_settings_that_are_fit_for_production() -> None:
    with Service("user-service", None, **FIT | {"ALLOWED_HOSTS": "127.0.0.1"}) as service:
        assert service.running


@pytest.mark.parametrize(
    ("unfit", "told"),
    [
        ({"DEBUG": "true"}, "Set DEBUG=false."),
        ({"ALLOWED_HOSTS": "meet.example.org,*"}, "Set ALLOWED_HOSTS to the names"),
        ({"ACCESS": "open"}, "Set ACCESS=token"),
        ({"ACCESS": ""}, "Set ACCESS=token"),
        ({"REDIS_PASSWORD": "development"}, "Set REDIS_PASSWORD to a secret"),
        ({"REDIS_PASSWORD": ""}, "Set REDIS_PASSWORD to a secret"),
        ({"REDIS_PASSWORD": "", "REDIS_URL": "redis://:development@redis:6379/0"}, "Set REDIS_PASSWORD to a secret"),
        ({"OIDC_ISSUER": "http://login.example.org", "OIDC_AUDIENCE": "w2meet"}, "Set OIDC_ISSUER to an address"),
        ({"CALENDAR_PRIVATE_NETWORKS": "127.0.0.0/8"}, "Unset CALENDAR_PRIVATE_NETWORKS."),
    ],
    ids=[
        "debug",
        "any host",
        "open access",
        "access by default",
        "a default secret",
        "no secret",
        "a default secret in the address",
        "a provider without encryption",
        "private networks",
    ],
)
def test_a_service_does_not_start_in_production_and_says_what_to_set(unfit: dict[str, str], told: str) -> None:
    first, *faults = refusal(unfit)

    assert first == "This service does not start:"
    assert [told in fault for fault in faults] == [True]


def test_every_fault_is_told_at_once() -> None:
    _, *faults = refusal({"DEBUG": "true", "ALLOWED_HOSTS": "*", "REDIS_PASSWORD": "", "ACCESS": "open"})

    assert len(faults) == 4


@pytest.mark.parametrize(
    ("unfit", "told"),
    [
        ({"OIDC_ISSUER": "http://login.example.org"}, "Set OIDC_AUDIENCE"),
        ({"OIDC_CLIENT_ID": "w2meet"}, "Set OIDC_ISSUER"),
    ],
)
@pytest.mark.parametrize("production", ["true", "false"])
def test_half_of_a_provider_is_refused_in_production_or_not(unfit: dict[str, str], told: str, production: str) -> None:
    assert told in "\n".join(refusal(unfit | {"PRODUCTION": production}))
