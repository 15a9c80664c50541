"""The question about a group that availability and suggestions have in common (contract, section 5)."""

from dataclasses import dataclass
from typing import Any, Self

from common.domain.segments import CommonTime
from common.domain.window import Window, rfc3339

MAX_NAMED = 100


@dataclass(frozen=True, slots=True)
class Question:
    """Who is to meet when. Emails are sorted; nobody is both required and optional."""

    attendees: list[str]
    optional_attendees: list[str]
    quorum: int
    window: Window
    names: bool
    detailed: bool

    @classmethod
    def from_validated(cls, values: dict[str, Any]) -> Self:
        """The question of the validated values of a QuestionSerializer."""
        required, optional = values["attendees"], values["optional_attendees"]
        return cls(
            attendees=required,
            optional_attendees=optional,
            quorum=values.get("min_attendees", len(required)),
            window=values["window"],
            names=values.get("names", len(required) + len(optional) <= MAX_NAMED),
            detailed="min_attendees" in values or bool(optional),
        )

    @property
    def everybody(self) -> list[str]:
        """All who are asked about."""
        return self.attendees + self.optional_attendees

    def is_answered_by(self, common_time: CommonTime, run_over: int) -> bool:
        """Whether what another of our services tells is about these people and this window."""
        end = self.window.extend(run_over).end
        segments = common_time.segments
        return len(common_time.people.emails) == len(self.everybody) and (
            not segments or self.window.start <= segments[0].start < segments[-1].end <= end
        )

    def as_request(self) -> dict[str, Any]:
        """The body with which one of our services asks another for the segments that answer this."""
        zone = self.window.zone
        return {
            "attendees": self.attendees,
            "optional_attendees": self.optional_attendees,
            "min_attendees": self.quorum,
            "start": rfc3339(self.window.start, zone),
            "end": rfc3339(self.window.end, zone),
            "timezone": zone.key,
        }
