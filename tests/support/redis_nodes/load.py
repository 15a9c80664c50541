"""Writers and readers of users, who remember what they were answered, and when."""

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count, cycle, pairwise
from typing import Any, NamedTuple, Self

import requests

from tests.support.threads import at_once

WRITERS = 4
PATIENCE_SECONDS = 30
PAUSE_SECONDS = 0.005
PAGE = 1000


class Question(NamedTuple):
    """A request that changes nothing."""

    method: str
    path: str
    body: object = None


class Write(NamedTuple):
    """A name that was sent for a user, a number that grows: which answer came, and when on the monotonic clock."""

    email: str
    name: int
    status: int
    at: float


class Read(NamedTuple):
    """The answer to a question, and how long it took."""

    status: int
    seconds: float


class Load:
    """Four writers who create users and change them, and readers who ask their questions over and over.

    `is_chosen` says which emails are written. `refusals` counts what each 503 said, and `unannounced` those that did
    not say when to come again.
    """

    def __init__(
        self, url: str, *questions: Iterable[Question], is_chosen: Callable[[str], bool] = lambda email: True
    ) -> None:
        self.url = url
        self.is_chosen = is_chosen
        self.questions = [list(each) for each in questions]
        self.reads: list[list[Read]] = [[] for _ in self.questions]
        self.writes: list[Write] = []
        self.refusals: Counter[str] = Counter()
        self.unannounced = 0
        self._over = threading.Event()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """All of them at once, until leaving the context."""
        work = [partial(self._write, number) for number in range(WRITERS)]
        work += [partial(self._read, *pair) for pair in zip(self.questions, self.reads, strict=True)]
        with at_once(work, self._over):
            yield self

    @property
    def acknowledged(self) -> list[Write]:
        """The writes that were answered with success, in the order of the answers."""
        return [write for write in list(self.writes) if write.status < 300]

    @property
    def statuses(self) -> Counter[int]:
        """How often each answer came to a write."""
        return Counter(write.status for write in list(self.writes))

    def count_since(self, moment: float, is_concerned: Callable[[str], bool]) -> int:
        """How many writes of such emails were acknowledged after a moment."""
        return sum(write.at > moment and is_concerned(write.email) for write in self.acknowledged)

    def seconds_without_writes(self, since: float, is_concerned: Callable[[str], bool]) -> float:
        """The longest time after a moment in which no write of such an email was acknowledged."""
        moments = [write.at for write in self.acknowledged if write.at > since and is_concerned(write.email)]
        return max(after - before for before, after in pairwise([since, *moments, time.monotonic()]))

    def lost(self) -> list[str]:
        """Whose acknowledged name is not there any more, nor one that was sent later: that may have been stored."""
        acknowledged = {write.email: write.name for write in self.acknowledged}
        found = dict(self._list())
        return [email for email, name in acknowledged.items() if found.get(email, -1) < name]

    def _write(self, writer: int) -> None:
        """Creates somebody, and changes somebody who was created, in turn."""
        chance = random.Random(writer)
        created: list[str] = []
        own = secrets.token_hex(4)
        emails = filter(self.is_chosen, (f"{own}-{number}@example.org" for number in count()))
        with requests.Session() as session:
            for name in count():
                if self._over.wait(PAUSE_SECONDS):
                    return
                if name % 2 and created:
                    email = chance.choice(created)
                    answer = self._ask(session, Question("PATCH", f"/users/{email}", {"name": f"{name}"}))
                else:
                    email = next(emails)
                    answer = self._ask(session, Question("POST", "/users", {"email": email, "name": f"{name}"}))
                    created += [email] if answer.status_code == 201 else []
                self.writes.append(Write(email, name, answer.status_code, time.monotonic()))
                if answer.status_code == 503:
                    self.refusals[answer.json()["detail"]] += 1
                    self.unannounced += "Retry-After" not in answer.headers

    def _read(self, questions: list[Question], reads: list[Read]) -> None:
        with requests.Session() as session:
            for question in cycle(questions):
                if self._over.wait(PAUSE_SECONDS):
                    return
                answer = self._ask(session, question)
                reads.append(Read(answer.status_code, answer.elapsed.total_seconds()))

    def _list(self) -> Iterator[tuple[str, int]]:
        """The emails and names of all users whose name is a number."""
        path: str | None = f"/users?limit={PAGE}"
        with requests.Session() as session:
            while path:
                answer = self._ask(session, Question("GET", path))
                assert answer.status_code == 200, answer.text
                page = answer.json()
                yield from ((user["email"], int(user["name"])) for user in page["results"] if user["name"].isdecimal())
                path = page["next"] and page["next"].removeprefix(self.url)

    def _ask(self, session: requests.Session, question: Question) -> requests.Response:
        method, path, body = question
        options: dict[str, Any] = {} if body is None else {"json": body}
        return session.request(method, self.url + path, timeout=PATIENCE_SECONDS, **options)
