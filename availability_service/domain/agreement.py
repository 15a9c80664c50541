"""What a group has in common: the segments at which a quorum is free, or the reason why there are none. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.domain.empty_reasons import NO_AVAILABILITY, NO_OVERLAP
from common.domain.segments import Segment


@dataclass(frozen=True, slots=True)
class Agreement:
    """The segments at which enough of the required people are free; or, if none, why and who is in the way."""

    segments: list[Segment]
    empty_reason: str | None = None
    blockers: int = 0


def agree(segments: Sequence[Segment], required: int, quorum: int) -> Agreement:
    """Where at least `quorum` of the set `required` are free.

    Blockers: with `no_availability`, the required people who have nothing in the whole window; with
    `no_overlap`, the fewest people without whom, and without whose places in the quorum, there would be common
    time, and among several such choices the one that gives the soonest.
    """
    found = [segment for segment in segments if (segment.present & required).bit_count() >= quorum]
    if found:
        return Agreement(found)
    ever = 0
    for segment in segments:
        ever |= segment.present & required
    if ever.bit_count() < quorum:
        return Agreement([], NO_AVAILABILITY, required & ~ever)
    best = max(segments, key=lambda segment: (segment.present & required).bit_count())
    missing = required & ~best.present
    return Agreement([], NO_OVERLAP, _first(missing, quorum - (best.present & required).bit_count()))


def _first(bits: int, count: int) -> int:
    """The `count` most significant of the set bits."""
    while bits.bit_count() > count:
        bits &= bits - 1
    return bits
