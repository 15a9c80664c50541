"""Who calls, asked of the service below."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.access.relay import ask_who_calls
from common.api.views import ServiceView


class MeView(ServiceView):
    """Who you are."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """What user-service says of the caller."""
        return Response(ask_who_calls(), headers={"Cache-Control": "no-store"})
