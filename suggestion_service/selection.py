"""Picks meetings out of the times at which a group can meet. Pure."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from common.domain.segments import Segment

Preference = Literal["first", "last", "random", "best"]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What meetings are wanted. `duration` and `step`, between the starts that are tried, are minutes."""

    duration: int = 60
    step: int = 60
    prefer: Preference = "first"
    limit: int = 1
    seed: int = 0

    @classmethod
    def from_validated(cls, values: dict[str, Any]) -> Self:
        """The criteria of the validated values of a SuggestionQuestionSerializer."""
        return cls(values["duration"], values["step"], values["prefer"], values["limit"], values["seed"])


def find_candidates(
    segments: Sequence[Segment], *, required: int, quorum: int, duration: int, step: int
) -> Iterator[Segment]:
    """Every meeting of `duration` that may be suggested, soonest first.

    Starts are counted from each segment's start in steps (contract, section 6). A meeting may run on through
    segments that touch, with those who are there from its beginning to its end, while they make a quorum.
    """
    for index, segment in enumerate(segments):
        for start in range(segment.start, segment.end, step):
            present = _present(segments, index, start + duration)
            if (present & required).bit_count() >= quorum:
                yield Segment(start, start + duration, present)


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


def find_longest(segments: Sequence[Segment], *, required: int, quorum: int) -> int:
    """The minutes of the longest stretch throughout which one and the same quorum is there."""
    return max((_run(segments, index, required, quorum) for index in range(len(segments))), default=0)


def _run(segments: Sequence[Segment], index: int, required: int, quorum: int) -> int:
    start, reached, present = segments[index]
    for following in segments[index + 1 :]:
        present &= following.present
        if following.start != reached or (present & required).bit_count() < quorum:
            break
        reached = following.end
    return reached - start
