"""Views of availability-service: parse, call, serialize."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from availability_service import openapi, representations
from availability_service.heatmap.renderers import HeatmapPageRenderer, SVGRenderer
from availability_service.heatmap.representations import heatmap
from availability_service.serializers import (
    CommonQuestionInQuerySerializer,
    CommonQuestionSerializer,
    QuestionInQuerySerializer,
)
from common.api.fields import COMPACT
from common.api.renderers import JSONRenderer
from common.api.views import ServiceView
from common.browsable.pages import PageRenderer
from common.meetings.question import Question
from common.meetings.serializers import QuestionSerializer


class HeatmapView(ServiceView):
    """How many of a group are free in each hour."""

    parameters = QuestionInQuerySerializer
    renderer_classes = (JSONRenderer, SVGRenderer, HeatmapPageRenderer, PageRenderer)

    @openapi.heatmap
    def get(self, request: Request) -> Response:
        """How many of up to 50 people are free in each hour."""
        return Response(heatmap(Question.from_validated(self.validate_query())))

    @openapi.query_heatmap
    def post(self, request: Request) -> Response:
        """How many of up to 10,000 people are free in each hour.

        The same question as a body. Changes nothing.
        """
        return Response(heatmap(Question.from_validated(self.validate_body(QuestionSerializer))))


class CommonView(ServiceView):
    """When a group can meet."""

    page = "availability_service/common.html"
    parameters = CommonQuestionInQuerySerializer

    @openapi.common
    def get(self, request: Request) -> Response:
        """When up to 50 people can meet."""
        return self._answer(self.validate_query())

    @openapi.query_common
    def post(self, request: Request) -> Response:
        """When up to 10,000 people can meet.

        The same question as a body. Changes nothing.
        """
        return self._answer(self.validate_body(CommonQuestionSerializer))

    def _answer(self, values: dict[str, Any]) -> Response:
        return Response(representations.common(Question.from_validated(values), compact=values["encoding"] == COMPACT))
