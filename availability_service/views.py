"""Views of availability-service: parse, call, serialize."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from availability_service import answers, operations
from availability_service.heatmap import heatmap
from availability_service.renderers import HeatmapPageRenderer, SVGRenderer
from availability_service.serializers import (
    CommonQuestionInQuerySerializer,
    CommonQuestionSerializer,
    QuestionInQuerySerializer,
)
from common.fields import COMPACT
from common.pages import PageRenderer
from common.question import QuestionSerializer, question
from common.renderers import JSONRenderer
from common.views import ServiceView


class HeatmapView(ServiceView):
    """How many of a group are free in each hour."""

    parameters = QuestionInQuerySerializer
    renderer_classes = (JSONRenderer, SVGRenderer, HeatmapPageRenderer, PageRenderer)

    @operations.heatmap
    def get(self, request: Request) -> Response:
        """How many of up to 50 people are free in each hour."""
        return Response(heatmap(question(self.query())))

    @operations.query_heatmap
    def post(self, request: Request) -> Response:
        """How many of up to 10,000 people are free in each hour.

        The same question as a body. Changes nothing.
        """
        return Response(heatmap(question(self.body(QuestionSerializer))))


class CommonView(ServiceView):
    """When a group can meet."""

    page = "availability_service/common.html"
    parameters = CommonQuestionInQuerySerializer

    @operations.common
    def get(self, request: Request) -> Response:
        """When up to 50 people can meet."""
        return self._answer(self.query())

    @operations.query_common
    def post(self, request: Request) -> Response:
        """When up to 10,000 people can meet.

        The same question as a body. Changes nothing.
        """
        return self._answer(self.body(CommonQuestionSerializer))

    def _answer(self, values: dict[str, Any]) -> Response:
        return Response(answers.common(question(values), compact=values["encoding"] == COMPACT))
