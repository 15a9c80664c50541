"""compose/kubernetes: what both overlays make of a cluster, as far as can be told without one."""

import re
from contextlib import closing

import kubernetes_validate
import pytest
import requests
import yaml

from compose.run import SERVICES, variable
from tests.support.kubernetes import FIELDS, GATEWAY, PARTS, READER, REDIS, Cluster, Manifest, find_pod_names
from tests.support.servers import HOST, ROOT, Service, eventually, free_port

OLDEST_KUBERNETES = "1.30"
SECRETS = {
    "REDIS_PASSWORD": "a secret of its own",
    "REDIS_URL": f"redis+sentinel://w2meet:a-secret-of-its-own@{HOST}:{free_port()}/meet",
    "REDIS_SENTINEL_PASSWORD": "a secret of Sentinels",
    "OIDC_CLIENT_SECRET": "another secret",
    "CALENDAR_KEYS": "S" * 43 + "=",
}
# In Compose these are no settings: where others are, whom to trust, and how redis-cli knows the password.
WITHOUT_EXAMPLE = {
    *("USER_SERVICE", "AVAILABILITY_SERVICE", "SUGGESTION_SERVICE"),
    *("USER_SERVICE_URL", "AVAILABILITY_SERVICE_URL", "REDIS_URL", "REDIS_SENTINEL_PASSWORD", "REDIS_REPLICAS"),
    *("FORWARDED_ALLOW_IPS", "REDISCLI_AUTH"),
}
# Here these are no settings: nothing is published, memory is limited by the manifests, and DEBUG is not for clusters.
EXAMPLES_OF_COMPOSE = {"DEBUG", "PUBLISH_ADDRESS", "REDIS_MEMORY_LIMIT", *(variable(name, "PORT") for name in SERVICES)}


def sources(name: str) -> str:
    """The text of all that reads the environment of a container."""
    if name == GATEWAY:
        return (ROOT / "compose" / "haproxy.cfg").read_text()
    service = "user_service" if name == READER else name.replace("-", "_")
    files = [file for folder in ("common", service) for file in (ROOT / folder).rglob("*.py")]
    return "".join(file.read_text() for file in [*files, ROOT / "compose" / "gunicorn.conf.py"])


@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, kubernetes_validate.latest_version()])
def test_each_manifest_is_as_kubernetes_describes_it(cluster: Cluster, version: str) -> None:
    for manifest in cluster.manifests:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_a_misspelt_name_would_be_found(one_redis: Cluster) -> None:
    service = one_redis.get("Service", "user-service")
    port, *_ = service["spec"]["ports"]

    with pytest.raises(kubernetes_validate.ValidationError, match="tragetPort"):
        kubernetes_validate.validate(
            service | {"spec": {"ports": [port | {"tragetPort": 1}]}}, OLDEST_KUBERNETES, strict=True
        )


def test_everything_is_in_the_one_namespace(cluster: Cluster) -> None:
    (namespace,) = cluster.of("Namespace")

    assert {one["metadata"].get("namespace") for one in cluster.manifests if one != namespace} == {
        namespace["metadata"]["name"]
    }


def test_every_selector_selects_the_pods_of_its_name(cluster: Cluster) -> None:
    for name, workload in cluster.workloads.items():
        assert cluster.select_pods(workload["spec"]["selector"]) == [name]
    for service in cluster.of("Service"):
        assert cluster.select_pods({"matchLabels": service["spec"]["selector"]}) == [service["metadata"]["name"]]
    for budget in cluster.of("PodDisruptionBudget"):
        assert cluster.select_pods(budget["spec"]["selector"]) == [budget["metadata"]["name"]]
    for policy in cluster.of("NetworkPolicy"):
        assert set(find_pod_names(policy)) <= cluster.pods.keys(), policy["metadata"]["name"]


def test_what_is_scaled_by_itself_says_no_number_of_its_own(cluster: Cluster) -> None:
    targets = {scaler["spec"]["scaleTargetRef"]["name"] for scaler in cluster.of("HorizontalPodAutoscaler")}

    assert targets == SERVICES.keys()
    assert all(("replicas" in one["spec"]) == (name not in targets) for name, one in cluster.workloads.items())


def test_ports_and_addresses_lead_to_something(cluster: Cluster) -> None:
    port_names = {name: {one["name"] for one in cluster.container(name).get("ports", [])} for name in cluster.pods}
    ports = {one["metadata"]["name"]: one["spec"]["ports"] for one in cluster.of("Service")}
    for name, service_ports in ports.items():
        assert {port["targetPort"] for port in service_ports} <= port_names[name]
    for name in cluster.pods:
        probes = [value for key, value in cluster.container(name).items() if key.endswith("Probe")]
        assert {probe["httpGet"]["port"] for probe in probes if "httpGet" in probe} <= port_names[name]
        for value in cluster.environment(name, SECRETS).values():
            for host, number in re.findall(r"^(?:\w+://)?([\w-]+)(?:\.w2meet\.svc\.cluster\.local)?:(\d+)", value):
                assert int(number) in {port["port"] for port in ports[host]}, value


def test_the_ingress_leads_the_names_in_the_settings_to_their_services(cluster: Cluster) -> None:
    (ingress,) = cluster.of("Ingress")
    env = cluster.environment("user-service", SECRETS)
    ports = {port["name"]: port["port"] for port in cluster.get("Service", GATEWAY)["spec"]["ports"]}
    destinations = {
        f"https://{rule['host']}": ports[path["backend"]["service"]["port"]["name"]]
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
    }

    assert destinations == {env[variable(name, "PUBLIC_URL")]: port for name, port in SERVICES.items()}
    hosts = [rule["host"] for rule in ingress["spec"]["rules"]]
    assert ingress["spec"]["tls"][0]["hosts"] == hosts
    assert set(hosts) < set(env["ALLOWED_HOSTS"].split(","))


def test_every_setting_is_explained_and_none_is_left_out(cluster: Cluster) -> None:
    examples = set(re.findall(r"^(\w+)=", (ROOT / "compose" / ".env.example").read_text(), re.MULTILINE))
    settings = set().union(*(cluster.environment(name, SECRETS) for name in cluster.pods)) - PARTS

    assert settings - examples <= WITHOUT_EXAMPLE
    of_redis = set() if REDIS in cluster.pods else {"REDIS_PASSWORD", "REDIS_MAXMEMORY"}
    assert examples - settings == EXAMPLES_OF_COMPOSE | of_redis


def test_every_setting_is_read_by_what_is_given_it(cluster: Cluster) -> None:
    public_urls = {variable(name, "PUBLIC_URL") for name in SERVICES}  # the sources put these names together
    gunicorn_settings = {"FORWARDED_ALLOW_IPS"}
    for name in cluster.pods.keys() - {REDIS}:
        read = set(re.findall(r"\w+", sources(name))) | public_urls | gunicorn_settings
        names = cluster.environment(name, SECRETS).keys() - PARTS
        assert names <= read, f"{name}: {names - read}"


def test_secrets_are_referred_to_and_never_there(cluster: Cluster) -> None:
    assert not cluster.of("Secret")
    redis_keys = {"REDIS_PASSWORD"} if REDIS in cluster.pods else {"REDIS_URL", "REDIS_SENTINEL_PASSWORD"}
    assert cluster.secret_keys() == {*redis_keys, "OIDC_CLIENT_SECRET", "CALENDAR_KEYS"}
    guide = (ROOT / "compose" / "README.md").read_text()
    (chapter,) = re.findall(r"^## On Kubernetes\n(.*?)^## ", guide, re.MULTILINE | re.DOTALL)
    assert {key for key in cluster.secret_keys() if f"`{key}`" in chapter} == cluster.secret_keys()


def test_what_they_share_the_reader_and_user_service_are_told_alike(cluster: Cluster) -> None:
    service, reader = (cluster.environment(name, SECRETS) for name in ("user-service", READER))

    assert service.keys() - reader.keys() - PARTS == {"FORWARDED_ALLOW_IPS", "OIDC_CLIENT_SECRET"}
    # It answers nobody, whatever the name.
    assert {name for name in reader if reader[name] != service[name]} == {"ALLOWED_HOSTS"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_with_them_and_is_ready_without_what_is_below(cluster: Cluster, name: str) -> None:
    probe = cluster.container(name)["readinessProbe"]["httpGet"]
    nowhere = f"{HOST}:{free_port()}"
    # Names of a cluster are known in it alone; a Redis outside is what the Secret says.
    env = {
        key: re.sub(r"(?<=//)(redis|[a-z]+-service):\d+", nowhere, value)
        for key, value in cluster.environment(name, SECRETS).items()
    }

    with closing(Service(name, None, **env).start()) as service:
        eventually(lambda: ask(service, probe) == 200, f"an answer to {probe}")
        assert ask(service, probe | {"path": "/health"}) == 503
        by_address = [{"name": "Host", "value": f"{FIELDS['status.podIP']}:8000"}]
        assert ask(service, {"path": "/metrics", "httpHeaders": by_address}) == 200


def ask(service: Service, probe: Manifest) -> int | None:
    """The status that a node's probe over HTTP is answered with, if it is."""
    headers = {header["name"]: header["value"] for header in probe["httpHeaders"]}
    try:
        return requests.get(service.url + probe["path"], headers=headers, timeout=5).status_code
    except requests.ConnectionError:
        return None


def test_a_pod_can_do_no_more_than_it_must(cluster: Cluster) -> None:
    (namespace,) = cluster.of("Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for name, pod in cluster.pods.items():
        spec, container = pod["spec"], cluster.container(name)
        assert spec["securityContext"]["runAsNonRoot"], name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False), name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert {"cpu", "memory"} == container["resources"]["requests"].keys(), name
        assert "memory" in container["resources"]["limits"], name


def test_images_are_what_compose_builds_and_their_users_have_numbers(cluster: Cluster) -> None:
    stages = (ROOT / "compose" / "Dockerfile").read_text().split("\nFROM ")
    users = {
        stage.split()[2]: found[1] for stage in stages if (found := re.search(r"^USER (\S+)", stage, re.MULTILINE))
    }
    assert users.keys() == {"gateway", "service"}
    for name in cluster.pods.keys() - {REDIS}:
        image = cluster.container(name)["image"].rpartition("/")[2].partition(":")[0]
        assert image == (GATEWAY if name == GATEWAY else name.replace(READER, "user-service"))
        user = cluster.pods[name]["spec"]["securityContext"].get("runAsUser", users.get(image, users["service"]))
        assert re.fullmatch(r"[1-9]\d*(:\d+)?", str(user)), f"a cluster cannot tell {user} from root"


def test_redis_is_that_of_compose(one_redis: Cluster) -> None:
    compose: Manifest = yaml.safe_load((ROOT / "compose" / "compose.yaml").read_text())["services"][REDIS]
    container = one_redis.container(REDIS)
    volumes = {volume["name"]: volume for volume in one_redis.pods[REDIS]["spec"]["volumes"]}
    configuration = one_redis.get("ConfigMap", volumes["configuration"]["configMap"]["name"])

    assert configuration["data"]["redis.conf"] == (ROOT / "compose" / "redis.conf").read_text()
    assert container["image"] == compose["image"]
    options = [
        re.sub(r"\$\{(\w+):-.*\}", r"$(\1)", word).replace("/etc/", "/etc/redis/") for word in compose["command"]
    ]
    assert container["args"] == options


def test_a_stop_leaves_the_time_that_a_graceful_one_takes(cluster: Cluster) -> None:
    settings = (ROOT / "compose" / "gunicorn.conf.py").read_text()
    gunicorn = sum(
        int(found) for found in re.findall(r"^(?:graceful_timeout|keepalive) = (\d+)", settings, re.MULTILINE)
    )
    (haproxy,) = re.findall(r"hard-stop-after (\d+)s", (ROOT / "compose" / "haproxy.cfg").read_text())
    for name, seconds in {**dict.fromkeys(SERVICES, gunicorn), GATEWAY: int(haproxy)}.items():
        pause = cluster.container(name)["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pause + seconds < cluster.pods[name]["spec"]["terminationGracePeriodSeconds"], name
