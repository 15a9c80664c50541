"""Stretches of real time, each with the people who are free. Pure."""

from typing import NamedTuple


class Segment(NamedTuple):
    """The minutes from `start` to `end` (exclusive), throughout which the people `present` are free.

    Minutes count from 1970, in UTC. A set of people is an integer with a bit for each (`People` says for whom).
    """

    start: int
    end: int
    present: int
