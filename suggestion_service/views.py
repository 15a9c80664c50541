"""Views of suggestion-service: parse, call, serialize."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.views import ServiceView
from suggestion_service import answers
from suggestion_service.serializers import (
    SuggestionQuestionInQuerySerializer,
    SuggestionQuestionSerializer,
    SuggestionsSerializer,
)


class SuggestionsView(ServiceView):
    """When a group should meet."""

    parameters = SuggestionQuestionInQuerySerializer

    @extend_schema(
        operation_id="suggest", parameters=[SuggestionQuestionInQuerySerializer], responses=SuggestionsSerializer
    )
    def get(self, request: Request) -> Response:
        """A slot for up to 50 people."""
        return Response(answers.suggestions(self.query()))

    @extend_schema(
        operation_id="query_suggestions", request=SuggestionQuestionSerializer, responses=SuggestionsSerializer
    )
    def post(self, request: Request) -> Response:
        """A slot for up to 10,000 people. Changes nothing."""
        return Response(answers.suggestions(self.body(SuggestionQuestionSerializer)))
