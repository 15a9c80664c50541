"""The question about a group that availability and suggestions have in common (contract, section 5)."""

from dataclasses import dataclass
from typing import Any, Self

from common.domain.window import Window

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
