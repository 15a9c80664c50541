"""Suggests when a group should meet."""

from typing import Any

from common.meetings.command import GroupCommand
from common.meetings.question import Question
from suggestion_service.representations import represent_suggestions
from suggestion_service.selection import Criteria
from suggestion_service.serializers import SuggestionQuestionSerializer
from suggestion_service.services import suggest_meetings


class Command(GroupCommand):
    """As GET /suggestions."""

    help = "Suggests when a group should meet."
    parameters = SuggestionQuestionSerializer
    intervals = "suggestions"

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the API would answer."""
        question, criteria = Question.from_validated(values), Criteria.from_validated(values)
        return represent_suggestions(question, criteria, suggest_meetings(question, criteria))

    def show(self, answer: dict[str, Any]) -> None:
        """A row for each suggestion, and how to get the same random ones again."""
        super().show(answer)
        if "seed" in answer:
            self.errors.print(f"The same again: --seed {answer['seed']}", soft_wrap=True)
