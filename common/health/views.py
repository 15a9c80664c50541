"""Health over HTTP (contract, section 7)."""

from http import HTTPStatus

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.views import PublicView, ServiceView
from common.health import checks
from common.health.serializers import HealthSerializer, LiveSerializer


class HealthView(PublicView, ServiceView):
    """Health of this service and of everything below it."""

    @extend_schema(
        operation_id="health",
        responses={
            200: OpenApiResponse(HealthSerializer, description="All of it is healthy."),
            503: OpenApiResponse(HealthSerializer, description="Something below is not healthy."),
        },
    )
    def get(self, request: Request) -> Response:
        """Health of this service and of everything below it.

        Takes less than 3 s in any case.
        """
        report = checks.report()
        healthy = report["status"] == checks.HEALTHY
        return Response(report, status=HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE)


class LiveView(PublicView, ServiceView):
    """Liveness of this process alone."""

    @extend_schema(operation_id="live", responses=LiveSerializer)
    def get(self, request: Request) -> Response:
        """Whether this process answers.

        Says nothing of what is below. What restarts containers asks this, never the cascade.
        """
        return Response({"service": settings.SERVICE_NAME, "status": checks.HEALTHY})
