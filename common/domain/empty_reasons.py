"""Why an answer holds no time (contract, sections 5 and 6). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NO_AVAILABILITY = "no_availability"
NO_OVERLAP = "no_overlap"
TOO_SHORT = "too_short"

# What stands in the way of a blocker.
BECAUSE = UNSET, WEEK, DATE, CALENDAR = "unset", "week", "date", "calendar"

_IN_WORDS = {
    NO_AVAILABILITY: "Nothing found: somebody has no free time then.",
    NO_OVERLAP: "Nothing found: everybody has free time, but not at the same time.",
    TOO_SHORT: "Nothing found: the longest common time, {longest_minutes} minutes, is too short.",
}
_BECAUSE_IN_WORDS = {
    UNSET: "has never said when they are free",
    WEEK: "not free by their week",
    DATE: "not free on these dates",
    CALENDAR: "busy by their calendar",
}
_TOO_SHORT_ALIGNED = (
    "Nothing found: counted from a start on a multiple of {align} minutes, the longest common time, "
    "{longest_minutes} minutes, is too short."
)


@dataclass(frozen=True, slots=True)
class EmptyReason:
    """Why there is no time: with TOO_SHORT how long the longest is, else the set of those who are in the way.

    `within` is the time in which they are, and `because` says for each of them what stands in the way there.
    """

    code: str
    blockers: int = 0
    longest_minutes: int | None = None
    within: tuple[int, int] | None = field(default=None, compare=False)
    because: Mapping[str, str] = field(default_factory=dict, compare=False)


def explain(answer: Mapping[str, Any]) -> str:
    """Why an answer holds no time, for people."""
    code = answer["empty_reason"]
    words = _TOO_SHORT_ALIGNED if code == TOO_SHORT and "align" in answer else _IN_WORDS[code]
    return words.format(**answer)


def explain_blockers(answer: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the way of each who is in the way, for people: nothing where the answer does not say."""
    because = answer.get("because", {})
    return {email: _BECAUSE_IN_WORDS.get(because.get(email, ""), "") for email in answer.get("blockers", [])}
