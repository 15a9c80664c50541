"""Views of availability-service: parse, call, serialize."""

from typing import Any

from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from availability_service import openapi, services
from availability_service.heatmap.renderers import HeatmapPageRenderer, SVGRenderer
from availability_service.heatmap.representations import represent_heatmap
from availability_service.representations import represent_common_time
from availability_service.serializers import QuestionInQuerySerializer, SegmentsQuestionSerializer
from common.api.renderers import JSONRenderer
from common.api.serializers import represent
from common.api.views import ServiceView
from common.browsable.renderers import BrowsableAPIRenderer
from common.meetings.common_time import CommonTimeSerializer
from common.meetings.question import Question
from common.meetings.serializers import QuestionSerializer


class HeatmapView(ServiceView):
    """How many of a group are free in each hour."""

    parameters = QuestionInQuerySerializer
    serializer_class = QuestionSerializer
    renderer_classes = (JSONRenderer, BrowsableAPIRenderer, SVGRenderer, HeatmapPageRenderer)

    def get_renderers(self) -> list[BaseRenderer]:
        """What draws an answer. Of what OPTIONS tells there is no picture."""
        drawing = () if self.request.method != "OPTIONS" else (SVGRenderer, HeatmapPageRenderer)
        return [renderer for renderer in super().get_renderers() if not isinstance(renderer, drawing)]

    @openapi.heatmap
    def get(self, request: Request) -> Response:
        """How many of up to 50 people are free in each hour."""
        return self._answer(self.validate_query())

    @openapi.query_heatmap
    def post(self, request: Request) -> Response:
        """How many of up to 10,000 people are free in each hour.

        The same question as a body. Changes nothing.
        """
        return self._answer(self.validate_body())

    def _answer(self, values: dict[str, Any]) -> Response:
        question = Question.from_validated(values)
        return Response(represent_heatmap(question, services.build_heatmap(question)))


class CommonView(ServiceView):
    """When a group can meet."""

    parameters = QuestionInQuerySerializer
    serializer_class = QuestionSerializer

    @openapi.common
    def get(self, request: Request) -> Response:
        """When up to 50 people can meet."""
        return self._answer(self.validate_query())

    @openapi.query_common
    def post(self, request: Request) -> Response:
        """When up to 10,000 people can meet.

        The same question as a body. Changes nothing.
        """
        return self._answer(self.validate_body())

    def _answer(self, values: dict[str, Any]) -> Response:
        question = Question.from_validated(values)
        return Response(represent_common_time(question, services.find_common_time(question)))


class SegmentsView(ServiceView):
    """When a group can meet, for programs."""

    serializer_class = SegmentsQuestionSerializer

    @openapi.query_segments
    def post(self, request: Request) -> Response:
        """When up to 10,000 people can meet, and who of them, in a compact form for programs.

        Times are minutes since 1970 in UTC, people are bits of a number. Changes nothing.
        """
        values = self.validate_body()
        common_time = services.find_common_time(Question.from_validated(values), values["run_over"])
        return Response(represent(CommonTimeSerializer, common_time))
