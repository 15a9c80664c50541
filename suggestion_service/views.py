"""Views of suggestion-service: parse, call, serialize."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common import ical
from common.views import ServiceView
from suggestion_service import answers, calendars, operations
from suggestion_service.serializers import SuggestionQuestionInQuerySerializer, SuggestionQuestionSerializer


class SuggestionsView(ServiceView):
    """When a group should meet."""

    page = "suggestion_service/suggestions.html"
    parameters = SuggestionQuestionInQuerySerializer
    renderer_classes = [*ServiceView.renderer_classes, ical.CalendarRenderer]

    @operations.suggest
    def get(self, request: Request) -> Response:
        """When up to 50 people should meet."""
        return self._answer(self.query())

    @operations.query_suggestions
    def post(self, request: Request) -> Response:
        """When up to 10,000 people should meet.

        The same question as a body. Changes nothing.
        """
        return self._answer(self.body(SuggestionQuestionSerializer))

    def _answer(self, values: dict[str, Any]) -> Response:
        answer = answers.suggestions(values)
        if ical.is_wanted(self.request):
            return ical.response(calendars.suggestions(answer), "suggestions")
        return Response(answer)
