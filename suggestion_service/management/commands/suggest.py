"""Suggests when a group should meet."""

from typing import Any

from common.meetings.command import GroupCommand
from suggestion_service import representations
from suggestion_service.serializers import SuggestionQuestionSerializer


class Command(GroupCommand):
    """As GET /suggestions."""

    help = "Suggests when a group should meet."
    parameters = SuggestionQuestionSerializer
    intervals = "suggestions"

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the API would answer."""
        return representations.suggestions(values)
