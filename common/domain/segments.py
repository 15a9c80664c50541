"""Stretches of real time, each with the people who are free. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from common.domain.calendars import GroupCalendars
from common.domain.empty_reasons import EmptyReason
from common.domain.people import People


class Segment(NamedTuple):
    """The minutes from `start` to `end` (exclusive), throughout which the people `present` are free.

    Minutes count from 1970, in UTC. A set of people is an integer with a bit for each (`People` says for whom).
    """

    start: int
    end: int
    present: int


@dataclass(frozen=True, slots=True)
class CommonTime:
    """The segments, in order, at which enough of `people` are free; or, if there are none, why.

    `calendars` says how well those are known on which it rests.
    """

    people: People
    segments: list[Segment]
    empty_reason: EmptyReason | None = None
    calendars: GroupCalendars | None = None
