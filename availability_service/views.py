"""Views of availability-service: parse, call, serialize."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from availability_service import answers
from availability_service.serializers import (
    CommonQuestionInQuerySerializer,
    CommonQuestionSerializer,
    CommonSerializer,
)
from common.fields import COMPACT
from common.question import question
from common.views import ServiceView


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
