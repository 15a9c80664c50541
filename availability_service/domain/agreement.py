"""What a group has in common: the segments at which a quorum is free, or the reason why there are none. Pure."""

from collections.abc import Iterable

from availability_service.domain.timeline import Timeline
from common.domain.empty_reasons import NO_AVAILABILITY, NO_OVERLAP, EmptyReason
from common.domain.segments import CommonTime


def agree(timeline: Timeline, attendees: Iterable[str], quorum: int) -> CommonTime:
    """Where at least `quorum` of the attendees are free.

    Blockers: with `no_availability`, the attendees who have nothing in the whole window; with `no_overlap`, the
    fewest people without whom, and without whose places in the quorum, there would be common time, and among
    several such choices the one that gives the soonest.
    """
    people, segments = timeline
    required = people.bits(attendees)
    common = [segment for segment in segments if (segment.present & required).bit_count() >= quorum]
    if common:
        return CommonTime(people, common)
    ever = 0
    for segment in segments:
        ever |= segment.present & required
    if ever.bit_count() < quorum:
        return CommonTime(
            people, [], EmptyReason(NO_AVAILABILITY, required & ~ever, within=(segments[0].start, segments[-1].end))
        )
    best = max(segments, key=lambda segment: (segment.present & required).bit_count())
    missing = required & ~best.present
    # As many of the missing as the quorum lacks: those of the most significant bits.
    while missing.bit_count() > quorum - (best.present & required).bit_count():
        missing &= missing - 1
    return CommonTime(people, [], EmptyReason(NO_OVERLAP, missing, within=(best.start, best.end)))
