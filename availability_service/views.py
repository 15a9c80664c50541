"""Views of availability-service: parse, call, serialize."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from availability_service import answers
from availability_service.heatmap import heatmap
from availability_service.serializers import (
    CommonQuestionInQuerySerializer,
    CommonQuestionSerializer,
    CommonSerializer,
    HeatmapSerializer,
    QuestionInQuerySerializer,
)
from common.fields import COMPACT
from common.question import QuestionSerializer, question
from common.views import ServiceView


class HeatmapView(ServiceView):
    """How many of a group are free in each hour."""

    parameters = QuestionInQuerySerializer

    @extend_schema(operation_id="heatmap", parameters=[QuestionInQuerySerializer], responses=HeatmapSerializer)
    def get(self, request: Request) -> Response:
        """How many of up to 50 people are free in each hour."""
        return Response(heatmap(question(self.query())))

    @extend_schema(operation_id="query_heatmap", request=QuestionSerializer, responses=HeatmapSerializer)
    def post(self, request: Request) -> Response:
        """How many of up to 10,000 people are free in each hour. Changes nothing."""
        return Response(heatmap(question(self.body(QuestionSerializer))))


class CommonView(ServiceView):
    """When a group can meet."""

    parameters = CommonQuestionInQuerySerializer

    @extend_schema(operation_id="common", parameters=[CommonQuestionInQuerySerializer], responses=CommonSerializer)
    def get(self, request: Request) -> Response:
        """When up to 50 people can meet."""
        return self._answer(self.query())

    @extend_schema(operation_id="query_common", request=CommonQuestionSerializer, responses=CommonSerializer)
    def post(self, request: Request) -> Response:
        """When up to 10,000 people can meet. Changes nothing."""
        return self._answer(self.body(CommonQuestionSerializer))

    def _answer(self, values: dict[str, Any]) -> Response:
        return Response(answers.common(question(values), compact=values["encoding"] == COMPACT))
