"""Views of suggestion-service: parse, call, serialize."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import calendars
from common.api.views import ServiceView
from common.meetings.question import Question
from suggestion_service import ics, openapi
from suggestion_service.representations import represent_suggestions
from suggestion_service.selection import Criteria
from suggestion_service.serializers import SuggestionRequestInQuerySerializer, SuggestionRequestSerializer
from suggestion_service.services import suggest_meetings


class SuggestionsView(ServiceView):
    """When a group should meet."""

    parameters = SuggestionRequestInQuerySerializer
    serializer_class = SuggestionRequestSerializer
    renderer_classes = [*ServiceView.renderer_classes, calendars.CalendarRenderer]

    @openapi.suggest
    def get(self, request: Request) -> Response:
        """When up to 50 people should meet."""
        return self._answer(self.validate_query())

    @openapi.query_suggestions
    def post(self, request: Request) -> Response:
        """When up to 10,000 people should meet.

        The same question as a body. Changes nothing.
        """
        return self._answer(self.validate_body())

    def _answer(self, values: dict[str, Any]) -> Response:
        question, criteria = Question.from_validated(values), Criteria.from_validated(values)
        answer = represent_suggestions(question, criteria, suggest_meetings(question, criteria))
        if calendars.is_wanted(self.request):
            if "index" in values:
                answer["suggestions"] = _pick(answer["suggestions"], values["index"])
            calendar = ics.suggestions(answer, title=values.get("title"), organizer=values.get("organizer"))
            return calendars.response(calendar, "suggestions")
        return Response(answer)


def _pick(suggestions: list[dict[str, Any]], index: int) -> list[dict[str, Any]]:
    """The one suggestion of this index. Raises NotFound."""
    if index >= len(suggestions):
        raise NotFound(f"There is no suggestion {index}: there are {len(suggestions)}, counted from 0.")
    return [suggestions[index]]
