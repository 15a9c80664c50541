"""Tells whether this service and everything below it is healthy."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError

from common.health import checks
from common.management.base import ServiceCommand, explain_neighbour

COLUMNS = ("what", "status", "milliseconds", "layout", "error")


class Command(ServiceCommand):
    """As GET /health, but that it says with its exit code whether all is well."""

    help = "Shows the health of this service and of everything below it. Exits with 1 when something is not healthy."

    def work(self, options: dict[str, Any]) -> None:
        """Shows the report. Raises CommandError when it is not a good one."""
        report = checks.report()
        if options["json"]:
            self.write_json(report)
        else:
            self.write_table(COLUMNS, list(_rows(report["service"], report)))
        if report["status"] != checks.HEALTHY:
            raise CommandError(f"{report['service']} is {report['status']}.\n{explain_neighbour()}")


def _rows(name: str, result: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, ...]]:
    milliseconds = str(result.get("response_time_ms", ""))
    layout, error = result.get("layout", ""), result.get("error", "")
    yield "  " * depth + name, result["status"], milliseconds, layout, error
    for below, inner in result.get("dependencies", {}).items():
        yield from _rows(below, inner, depth + 1)
