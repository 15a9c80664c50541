"""Measures W2Meet alone: `python -m tests.benchmarks [--quick] [--picture FILE.svg]`.

Everything is measured beside what Redis itself needs for an MGET of the same keys in the same run, as absolute
times say more about the machine than about us. The load comes from the same machine.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import redis
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.benchmarks import meetings, nodes, picture, population
from tests.benchmarks.load import Row, Times, one_by_one, timed, together
from tests.benchmarks.questions import Calls
from tests.support.servers import System
from tests.support.stored import stored_emails
from user_service.store import keys

GROUPS = (10, 100, 1_000, 10_000)
POPULATIONS = (1_000, 100_000, 1_000_000)
AIM_SECONDS = 1  # for the first suggestion to the largest group, each of whom has meetings


class Bench:
    """One run: a system, and what is measured of it."""

    def __init__(self, system: System, progress: Progress, seconds: float) -> None:
        self.system, self.progress, self.seconds = system, progress, seconds
        self.redis = redis.Redis.from_url(system.redis_url)
        self.users = 0
        self.empty = self._bytes()

    def grow(self, users: int) -> Calls:
        """Stores users until there are so many."""
        population.store(self.system, self.users, users)
        self.users = users
        return Calls(self.system, users)

    def mget(self, count: int) -> Times:
        """How long Redis takes for so many records."""
        names = [keys.user(population.email(number)) for number in range(count)]
        return timed(lambda: self.redis.mget(names), 20)

    def endpoints(self, calls: Calls) -> Iterator[Row]:
        """Calls of every kind, by one client and by several at once."""
        kinds = {
            "POST /users": (calls.create, 1),
            "GET /users/{email}": (calls.read, 1),
            "GET /users/{email}/availability": (calls.read_week, 1),
            "PUT /users/{email}/availability": (calls.replace_week, 1),
            "GET /users, a page of 100": (calls.page, 100),
            "GET /users/availability, 50": (calls.look_up, 50),
            "GET /availability/common, 2": (calls.common(2), 2),
            "GET /availability/common, 50": (calls.common(50), 50),
            "GET /availability/heatmap, 50": (calls.heatmap(50), 50),
            "GET /suggestions, 2": (calls.suggest(2), 2),
            "GET /suggestions, 50": (calls.suggest(50), 50),
        }
        for name, (make, count) in self.progress.track(kinds.items(), description="Endpoints"):
            # A user can be created once only: enough of them for the whole measurement.
            some = calls.some(make, 30_000) if make == calls.create else calls.some(make)
            half = len(some) // 2
            per_second, _ = together(some[:half], self.seconds)
            yield Row(count, name, one_by_one(some[half:], self.seconds), self.mget(count), per_second)

    def groups(self, calls: Calls) -> Iterator[Row]:
        """Questions about ever larger groups."""
        for size in self.progress.track([size for size in GROUPS if size <= self.users], description="Groups"):
            for name, kind in {"common": calls.common, "suggestions": calls.suggest}.items():
                some = calls.some(kind(size), 5)
                yield Row(size, name, one_by_one(some, self.seconds), self.mget(size))

    def calendars(self) -> dict[str, tuple[Times, Times]]:
        """The first hour in seven days for the largest group, before and after each has meetings."""
        size = GROUPS[-1]
        calls = Calls(self.system, size)
        questions = {"all": calls.suggest(size), "half of them": calls.suggest(size, min_attendees=size // 2)}
        some = {name: calls.some(make, 5) for name, make in questions.items()}
        before = {name: one_by_one(each, self.seconds) for name, each in some.items()}
        population.store_meetings(self.system, size)
        return {name: (before[name], one_by_one(each, self.seconds)) for name, each in some.items()}

    def look_ups(self, calls: Calls) -> Iterator[Row]:
        """What is asked of user-service, whatever the number of users."""
        for name, make in {
            "create": calls.create,
            "read": calls.read,
            "page": calls.page,
            "look up 50": calls.look_up,
        }.items():
            some = calls.some(make, 30_000) if make == calls.create else calls.some(make)
            yield Row(self.users, name, one_by_one(some, self.seconds), self.mget(50))

    def bytes_per_user(self) -> float:
        """What Redis holds in memory, for each user."""
        return (self._bytes() - self.empty) / len(stored_emails(self.redis))

    def _bytes(self) -> float:
        return float(self.redis.info("memory")["used_memory"])


def main() -> None:
    """Prints the tables, and draws them if a picture is wanted."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--quick", action="store_true", help="half a second for each figure, and 100,000 users at most")
    cli.add_argument("--picture", type=Path, help="also draw the figures into this SVG file")
    options = cli.parse_args()
    console = Console()
    with (
        tempfile.TemporaryDirectory() as folder,
        System(DATA_DIR=folder) as system,
        Progress(console=console) as progress,
    ):
        bench = Bench(system, progress, 0.5 if options.quick else 2)
        look_ups: list[Row] = []
        sizes: list[float] = []
        for users in POPULATIONS[:2] if options.quick else POPULATIONS:
            calls = bench.grow(users)
            look_ups += bench.look_ups(calls)
            sizes.append(bench.bytes_per_user())
            if users == POPULATIONS[1]:
                endpoints, groups = list(bench.endpoints(calls)), list(bench.groups(calls))
        calendars = bench.calendars()
    console.print(endpoints_table(endpoints), groups_table(groups), calendars_table(calendars))
    console.print(look_ups_table(look_ups))
    console.print(nodes_table(nodes.measure(0.5 if options.quick else 2)))
    console.print("Bytes in Redis for each user:", ", ".join(f"{size:.0f}" for size in sizes))
    if options.picture:
        picture.draw(groups, look_ups, options.picture)


def milliseconds(seconds: float) -> str:
    """Three digits are all that means anything."""
    return f"{seconds * 1000:.3g}"


def table(title: str, *columns: str) -> Table:
    """A table whose first column is words and the others figures."""
    made = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        made.add_column(column, justify="right" if index else "left")
    return made


def endpoints_table(rows: list[Row]) -> Table:
    """Requests a second, and milliseconds for one."""
    made = table("Each call", "call", "req/s", "median ms", "99 % ms", "MGET ms")
    for row in rows:
        figures = map(milliseconds, (row.times.median, row.times.late, row.mget.median))
        made.add_row(row.name, f"{row.per_second or 0:.0f}", *figures)
    return made


def groups_table(rows: list[Row]) -> Table:
    """Milliseconds for a group, and microseconds for each attendee."""
    made = table("Groups", "question", "attendees", "median ms", "µs each", "MGET µs each")
    for row in rows:
        each = (f"{times.median / row.size * 1e6:.3g}" for times in (row.times, row.mget))
        made.add_row(row.name, f"{row.size:,}", milliseconds(row.times.median), *each)
    return made


def calendars_table(rows: dict[str, tuple[Times, Times]]) -> Table:
    """Milliseconds for the first suggestion, without and with busy time."""
    busy = f"{meetings.MEETINGS} meetings in {meetings.DAYS} days"
    title = f"First hour in 7 days for {GROUPS[-1]:,} attendees, without and with {busy} for each"
    made = table(title, "who has to be there", "median ms", "with meetings", "aim")
    for name, (before, after) in rows.items():
        made.add_row(name, *map(milliseconds, (before.median, after.median)), f"< {AIM_SECONDS * 1000:,}")
    return made


def nodes_table(engines: dict[str, dict[str, Times]]) -> Table:
    """Milliseconds for a call, on each engine."""
    made = table("Redis below", "call", *(f"{name}, median ms" for name in engines))
    for call in engines[nodes.ONE]:
        made.add_row(call, *(milliseconds(times[call].median) for times in engines.values()))
    return made


def look_ups_table(rows: list[Row]) -> Table:
    """Milliseconds for a call, whatever the number of users."""
    made = table("Populations", "call", "users", "median ms", "99 % ms", "MGET of 50, ms")
    for row in rows:
        figures = map(milliseconds, (row.times.median, row.times.late, row.mget.median))
        made.add_row(row.name, f"{row.size:,}", *figures)
    return made


if __name__ == "__main__":
    main()
