"""manage.py check_health."""

import json

from tests.support.commands import run
from tests.support.servers import HOST, free_port


def test_good_health_is_shown_with_exit_code_0() -> None:
    checked = run("user_service", "check_health")

    assert (checked.code, checked.err) == (0, "")
    header, service, redis = (line.split("\t") for line in checked.out.splitlines())
    assert header == ["what", "status", "milliseconds", "layout", "error"]
    assert service == ["user-service", "healthy", "", "", ""]
    assert redis[:2] == ["  redis", "healthy"]
    assert float(redis[2]) > 0


def test_bad_health_is_shown_with_exit_code_1() -> None:
    checked = run("user_service", "check_health", "--json", REDIS_URL=f"redis://{HOST}:{free_port()}/0")

    assert checked.code == 1
    assert checked.err.startswith(f"CommandError: user-service is unhealthy.\nredis was looked for at {HOST}:")
    assert json.loads(checked.out)["dependencies"]["redis"]["error"] == "Redis cannot be reached."
