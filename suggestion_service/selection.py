"""Picks meetings out of the times at which a group can meet. Pure."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from common.domain.segments import Segment

Preference = Literal["first", "last", "random", "best"]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What meetings are wanted. `duration` and `step`, between the starts that are tried, are minutes.

    A meeting begins within the window; with `may_run_over` it may end after it.
    """

    duration: int = 60
    step: int = 60
    prefer: Preference = "first"
    limit: int = 1
    seed: int = 0
    may_run_over: bool = False

    @classmethod
    def from_validated(cls, values: dict[str, Any]) -> Self:
        """The criteria of the validated values of a SuggestionQuestionSerializer."""
        names = ("duration", "step", "prefer", "limit", "seed")
        return cls(**{name: values[name] for name in names}, may_run_over="end" not in values)


def find_candidates(
    segments: Sequence[Segment], *, required: int, quorum: int, duration: int, step: int, before: int
) -> Iterator[Segment]:
    """Every meeting of `duration` that may be suggested and begins before a minute, soonest first.

    In each of the segments there is a quorum. A meeting may run on through segments that touch, with those who are
    there from its beginning to its end, while they make a quorum.
    """
    for index, start in _starts(segments, step):
        if start >= before:
            return
        present = _present(segments, index, start + duration)
        if (present & required).bit_count() >= quorum:
            yield Segment(start, start + duration, present)


def _starts(segments: Sequence[Segment], step: int) -> Iterator[tuple[int, int]]:
    """The starts that are tried (contract, section 6), in order, each with the index of its segment.

    They are counted in steps from the first of segments that touch, and again from each at which somebody comes.
    """
    reached, previous = -1, 0
    origins: set[int] = set()  # modulo the step, so that counting from many takes no longer than counting from few
    for index, (start, end, present) in enumerate(segments):
        if start != reached:
            origins.clear()
            previous = 0
        if present & ~previous:
            origins.add(start % step)
        minutes = (minute for origin in origins for minute in range(start + (origin - start) % step, end, step))
        yield from ((index, minute) for minute in sorted(minutes))
        reached, previous = end, present


def _present(segments: Sequence[Segment], index: int, until: int) -> int:
    """Who is there from somewhere in the segment at `index` without a break until the minute `until`."""
    present = segments[index].present
    reached = segments[index].end
    while reached < until:
        index += 1
        if index == len(segments) or segments[index].start != reached:
            return 0
        present &= segments[index].present
        reached = segments[index].end
    return present


def choose(meetings: Sequence[Segment], criteria: Criteria) -> list[Segment]:
    """At most `limit` of the candidates, in the order of preference. The same arguments give the same answer.

    `best` is most people, then soonest. `random` draws without repeating, by the seed.
    """
    match criteria.prefer:
        case "first":
            preferred = list(meetings)
        case "last":
            preferred = list(reversed(meetings))
        case "best":
            preferred = sorted(meetings, key=lambda meeting: (-meeting.present.bit_count(), meeting.start))
        case "random":
            size = min(criteria.limit, len(meetings))
            preferred = random.Random(criteria.seed).sample(meetings, size)  # noqa: S311
    return preferred[: criteria.limit]


def find_longest(segments: Sequence[Segment], *, required: int, quorum: int, before: int) -> int:
    """The minutes of the longest stretch that begins before a minute and keeps one and the same quorum throughout."""
    return max(
        (_run(segments, index, required, quorum) for index, segment in enumerate(segments) if segment.start < before),
        default=0,
    )


def _run(segments: Sequence[Segment], index: int, required: int, quorum: int) -> int:
    start, reached, present = segments[index]
    for following in segments[index + 1 :]:
        present &= following.present
        if following.start != reached or (present & required).bit_count() < quorum:
            break
        reached = following.end
    return reached - start
