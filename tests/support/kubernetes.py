"""The manifests of Kubernetes, rendered as `kubectl apply -k` renders them, and what they mean."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import yaml

from tests.support.servers import ROOT

FOLDER = ROOT / "compose" / "kubernetes"
OVERLAYS = ("one-redis", "outside-redis")
NAME = "app.kubernetes.io/name"
NAMESPACE_NAME = "kubernetes.io/metadata.name"
GATEWAY, READER, REDIS = "gateway", "calendar-reader", "redis"
# What a pod in a cluster knows of itself.
FIELDS = {"metadata.namespace": "w2meet", "status.podIP": "10.244.0.7"}
# By these a variable is put together; nothing else reads them.
PARTS = {"NAMESPACE", "POD_IP", "HOSTS"}
WORKLOADS = ("Deployment", "StatefulSet")

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """Who connects, or is connected to: a pod, of our own namespace unless `namespace` has labels, or an address."""

    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: Mapping[str, str] | None = None
    address: str | None = None


class Cluster:
    """What one overlay makes of a cluster."""

    def __init__(self, overlay: str) -> None:
        kubectl = Path(sys.executable).parent / "kubectl"
        command = [str(kubectl), "kustomize", str(FOLDER / overlay)]
        rendered = subprocess.run(command, capture_output=True, text=True, check=False)
        assert rendered.returncode == 0, rendered.stderr
        self.manifests: list[Manifest] = list(yaml.safe_load_all(rendered.stdout))
        self.workloads = {one["metadata"]["name"]: one for kind in WORKLOADS for one in self.of(kind)}
        self.pods = {name: one["spec"]["template"] for name, one in self.workloads.items()}
        self.peers = {name: Peer(pod["metadata"]["labels"]) for name, pod in self.pods.items()}

    def of(self, kind: str) -> list[Manifest]:
        """All of one kind."""
        return [manifest for manifest in self.manifests if manifest["kind"] == kind]

    def get(self, kind: str, name: str) -> Manifest:
        """One by its name."""
        (manifest,) = (one for one in self.of(kind) if one["metadata"]["name"] == name)
        return manifest

    def container(self, name: str) -> Manifest:
        """The only container of a pod."""
        (container,) = self.pods[name]["spec"]["containers"]
        return dict(container)

    def select_pods(self, selector: Manifest) -> list[str]:
        """The names of the pods that a selector of labels selects."""
        return [name for name, peer in self.peers.items() if selects(selector, peer.labels)]

    def environment(self, name: str, secrets: Mapping[str, str]) -> dict[str, str]:
        """What a container finds in its environment beside what its image says."""
        env: dict[str, str] = {}
        container = self.container(name)
        for source in container.get("envFrom", []):
            env |= self.get("ConfigMap", source["configMapRef"]["name"])["data"]
        for variable in container.get("env", []):
            origin = variable.get("valueFrom", {})
            if "fieldRef" in origin:
                env[variable["name"]] = FIELDS[origin["fieldRef"]["fieldPath"]]
            elif "configMapKeyRef" in origin:
                reference = origin["configMapKeyRef"]
                env[variable["name"]] = self.get("ConfigMap", reference["name"])["data"][reference["key"]]
            elif "secretKeyRef" in origin:
                if (key := origin["secretKeyRef"]["key"]) in secrets or not origin["secretKeyRef"].get("optional"):
                    env[variable["name"]] = secrets[key]
            else:
                env[variable["name"]] = re.sub(r"\$\((\w+)\)", lambda found: env[found[1]], variable["value"])
        return env

    def secret_keys(self) -> set[str]:
        """The keys of the Secret that containers refer to."""
        variables = [one for name in self.pods for one in self.container(name).get("env", [])]
        references = [
            one["valueFrom"]["secretKeyRef"] for one in variables if "secretKeyRef" in one.get("valueFrom", {})
        ]
        assert {reference["name"] for reference in references} == {"w2meet"}
        return {reference["key"] for reference in references}

    def may_connect(self, source: Peer, target: Peer, port: int, protocol: str = "TCP") -> bool:
        """Whether the network policies of both ends let it."""
        return self._lets("Egress", source, target, port, protocol) and self._lets(
            "Ingress", target, source, port, protocol
        )

    def _lets(self, direction: str, pod: Peer, other: Peer, port: int, protocol: str) -> bool:
        if pod.namespace is not None or pod.address is not None:
            return True  # our policies say nothing of what is elsewhere
        rules = [
            policy["spec"].get(direction.lower(), [])
            for policy in self.of("NetworkPolicy")
            if direction in policy["spec"]["policyTypes"] and selects(policy["spec"]["podSelector"], pod.labels)
        ]
        key = "to" if direction == "Egress" else "from"
        return not rules or any(
            any(_is_meant(peer, other) for peer in rule[key])
            and any(_is_port(one, port, protocol) for one in rule["ports"])
            for policy in rules
            for rule in policy
        )


def selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector selects who has these labels."""
    assert selector.keys() <= {"matchLabels", "matchExpressions"}
    wanted = [(key, [value]) for key, value in selector.get("matchLabels", {}).items()]
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "In"
        wanted.append((expression["key"], expression["values"]))
    return all(labels.get(key) in values for key, values in wanted)


def find_pod_names(value: object) -> Iterator[str]:
    """The names of pods in all selectors of a manifest."""
    if isinstance(value, dict):
        if value.get("key") == NAME:
            yield from value["values"]
        for key, one in value.items():
            yield from [one] if key == NAME else find_pod_names(one)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for one in value:
            yield from find_pod_names(one)


def _is_meant(rule: Manifest, peer: Peer) -> bool:
    """Whether a NetworkPolicyPeer means this one."""
    if block := rule.get("ipBlock"):
        if peer.address is None:
            return False
        address = ip_address(peer.address)
        return address in ip_network(block["cidr"]) and not any(
            address in ip_network(one) for one in block.get("except", [])
        )
    if peer.address is not None:
        return False
    if namespace := rule.get("namespaceSelector"):
        is_there = peer.namespace is not None and selects(namespace, peer.namespace)
    else:
        is_there = peer.namespace is None
    return is_there and selects(rule.get("podSelector", {}), peer.labels)


def _is_port(rule: Manifest, port: int, protocol: str) -> bool:
    """Whether a NetworkPolicyPort holds this one."""
    last = rule["endPort"] if "endPort" in rule else rule["port"]
    return rule.get("protocol", "TCP") == protocol and port in range(rule["port"], last + 1)
