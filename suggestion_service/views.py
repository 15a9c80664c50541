"""Views of suggestion-service: parse, call, serialize."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.views import ServiceView
from suggestion_service import answers, operations
from suggestion_service.serializers import SuggestionQuestionInQuerySerializer, SuggestionQuestionSerializer


class SuggestionsView(ServiceView):
    """When a group should meet."""

    parameters = SuggestionQuestionInQuerySerializer

    @operations.suggest
    def get(self, request: Request) -> Response:
        """When up to 50 people should meet."""
        return Response(answers.suggestions(self.query()))

    @operations.query_suggestions
    def post(self, request: Request) -> Response:
        """When up to 10,000 people should meet.

        The same question as a body. Changes nothing.
        """
        return Response(answers.suggestions(self.body(SuggestionQuestionSerializer)))
