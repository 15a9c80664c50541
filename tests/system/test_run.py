"""`make run`, from start to end."""

import signal

import requests

from tests.servers import System


def test_the_system_starts_answers_and_leaves_nothing_behind(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with System(DATA_DIR=str(tmp_path)) as system:
        body = {"email": "ann@example.org", "name": "Ann"}
        assert requests.post(f"{system.users}/users", json=body, timeout=5).status_code == 201
        assert system.stop(signal.SIGTERM) == 0
