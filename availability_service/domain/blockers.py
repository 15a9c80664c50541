"""What stands in the way of those who are in the way of a group. Pure."""

from collections.abc import Iterable, Sequence

from availability_service.domain.timeline import NO_OVERRIDES, Person, build_timeline
from common.domain.empty_reasons import CALENDAR, DATE, UNSET, WEEK


def explain_blockers(
    people: Sequence[Person], blockers: Iterable[str], unset: Iterable[str], start: int, end: int
) -> dict[str, str]:
    """What stands in the way of each blocker between two minutes.

    CALENDAR where they would be free but for busy time, DATE where their week would do but a date differs, and else
    WEEK, or UNSET for who has never said when they are free.
    """
    blocking, never_said = set(blockers), set(unset)
    reasons = {email: UNSET if email in never_said else WEEK for email in blocking}
    corrected = [person for person in people if person.email in blocking and (person.busy or person.overrides)]
    if not corrected:
        return reasons
    by_week = _find_free([person._replace(busy=(), overrides=NO_OVERRIDES) for person in corrected], start, end)
    without_busy = _find_free([person._replace(busy=()) for person in corrected], start, end)
    return reasons | dict.fromkeys(by_week, DATE) | dict.fromkeys(without_busy, CALENDAR)


def _find_free(people: Sequence[Person], start: int, end: int) -> set[str]:
    """Who of them is free for any of the time."""
    order, segments = build_timeline(people, start, end)
    ever = 0
    for segment in segments:
        ever |= segment.present
    return set(order.names(ever))
