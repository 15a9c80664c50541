"""What a service tells Prometheus."""

import requests
from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]


def labels(**given: str) -> Labels:
    """The labels of a sample."""
    return frozenset(given.items())


def samples(url: str) -> dict[tuple[str, Labels], float]:
    """The value of each sample of a service's /metrics, by its name and labels."""
    answer = requests.get(f"{url}/metrics", timeout=10)
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(found.name, labels(**found.labels)): found.value for family in families for found in family.samples}


def sample(url: str, name: str, **of: str) -> float | None:
    """The value of the sample with these labels, or None if there is none."""
    return samples(url).get((name, labels(**of)))
