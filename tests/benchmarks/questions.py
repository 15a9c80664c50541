"""The calls that are measured, and the keys of Redis that each needs."""

import json
import random
from collections.abc import Callable
from urllib.parse import urlencode

from tests.benchmarks.load import Call
from tests.benchmarks.meetings import FIRST
from tests.benchmarks.population import ZONES, email, grid
from tests.support.servers import System

WINDOW = {"start": FIRST.isoformat(), "timezone": ZONES[0]}
DIFFERENT = 100

Make = Callable[[random.Random], Call]


class Calls:
    """Calls to one system of a given number of users, the same ones in each run."""

    def __init__(self, system: System, users: int) -> None:
        self.system = system
        self.users = users
        self.created = 0

    def some(self, make: Make, count: int = DIFFERENT) -> list[Call]:
        """Some different ones of a kind."""
        chance = random.Random(0)
        return [make(chance) for _ in range(count)]

    def emails(self, chance: random.Random, count: int) -> list[str]:
        """Users by chance, each once."""
        return [email(number) for number in chance.sample(range(self.users), count)]

    def read(self, chance: random.Random) -> Call:
        """One user."""
        return Call("GET", self.system.users, f"/users/{email(chance.randrange(self.users))}")

    def read_week(self, chance: random.Random) -> Call:
        """One user's week."""
        return Call("GET", self.system.users, f"/users/{email(chance.randrange(self.users))}/availability")

    def replace_week(self, chance: random.Random) -> Call:
        """Another week for a user."""
        number = chance.randrange(self.users)
        body = json.dumps({"grid": grid(number)}).encode()
        return Call("PUT", self.system.users, f"/users/{email(number)}/availability", body)

    def create(self, chance: random.Random) -> Call:
        """A new user; each email is used once."""
        self.created += 1
        body = {"email": f"new{self.users}-{self.created}@example.com", "name": "New", "timezone": chance.choice(ZONES)}
        return Call("POST", self.system.users, "/users", json.dumps(body).encode())

    def page(self, chance: random.Random) -> Call:
        """A hundred users."""
        return Call("GET", self.system.users, f"/users?{urlencode({'limit': chance.choice([99, 100])})}")

    def look_up(self, chance: random.Random) -> Call:
        """Fifty users' weeks."""
        query = urlencode([("email", one) for one in self.emails(chance, 50)])
        return Call("GET", self.system.users, f"/users/availability?{query}")

    def fetch_weeks(self, count: int) -> Make:
        """What availability-service asks about a group."""

        def make(chance: random.Random) -> Call:
            body = json.dumps({"emails": self.emails(chance, count)}).encode()
            return Call("POST", self.system.users, "/users/availability/query", body)

        return make

    def group(self, url: str, path: str, count: int, **more: object) -> Make:
        """A question about a group, in a query string, or in a body when there are too many people for one."""

        def make(chance: random.Random) -> Call:
            people = self.emails(chance, count)
            if count <= 50:
                query = urlencode([("attendees", one) for one in people] + list({**WINDOW, **more}.items()))
                return Call("GET", url, f"{path}?{query}")
            return Call("POST", url, path, json.dumps({"attendees": people, **WINDOW, **more}).encode())

        return make

    def common(self, count: int) -> Make:
        """When so many people can meet."""
        return self.group(self.system.availability, "/availability/common", count)

    def heatmap(self, count: int) -> Make:
        """How many of so many people are free in each hour."""
        return self.group(self.system.availability, "/availability/heatmap", count)

    def suggest(self, count: int, **more: object) -> Make:
        """When so many people should meet."""
        return self.group(self.system.suggestions, "/suggestions", count, **more)
