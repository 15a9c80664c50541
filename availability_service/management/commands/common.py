"""Tells when a group can meet."""

from typing import Any

from availability_service import answers
from common.group_command import GroupCommand
from common.question import QuestionSerializer, question


class Command(GroupCommand):
    """As GET /availability/common."""

    help = "Shows when a group can meet."
    parameters = QuestionSerializer
    stretches = "common"

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the API would answer."""
        return answers.common(question(values), compact=False)
