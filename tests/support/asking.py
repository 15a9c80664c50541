"""Asks a neighbour from a process like one of gunicorn's: `python -m tests.support.asking URL SECONDS`."""

from gevent import monkey

monkey.patch_all()

import sys

from common.api.exceptions import Problem
from common.client import ServiceClient


def main(url: str, seconds: str) -> None:
    """Prints the answer, or the kind of problem and what it says."""
    try:
        sys.stdout.write(str(ServiceClient("neighbour", url, float(seconds)).post_json("/question", {})))
    except Problem as problem:
        sys.stdout.write(f"{type(problem).__name__}: {problem.detail}")


if __name__ == "__main__":
    main(*sys.argv[1:])
