"""Tells when a group can meet."""

from typing import Any

from availability_service.representations import represent_common_time
from availability_service.services import find_common_time
from common.meetings.command import GroupCommand
from common.meetings.question import Question
from common.meetings.serializers import QuestionSerializer


class Command(GroupCommand):
    """As GET /availability/common."""

    help = "Shows when a group can meet."
    parameters = QuestionSerializer
    intervals = "common"

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the API would answer."""
        question = Question.from_validated(values)
        return represent_common_time(question, find_common_time(question))
