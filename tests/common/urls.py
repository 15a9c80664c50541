"""The paths of a service that has what each service has, and views that fail."""

from typing import NoReturn

from django.http import HttpRequest
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.emails import EmailListField
from common.api.exceptions import Unavailable
from common.api.fields import BooleanField, IntegerField, TextField
from common.api.serializers import StrictSerializer
from common.api.views import ServiceView
from common.urls import handler400, handler500, service_urls

__all__ = ["handler400", "handler500", "urlpatterns"]


class EchoSerializer(StrictSerializer):
    """One field of each kind."""

    text = TextField(max_length=10)
    number = IntegerField(required=False, min_value=1)
    truth = BooleanField(required=False)
    emails = EmailListField(default=list)


class EchoView(ServiceView):
    """Answers what it has understood."""

    parameters = EchoSerializer
    serializer_class = EchoSerializer

    def get(self, request: Request) -> Response:
        return Response(self.validate_query())

    def post(self, request: Request) -> Response:
        return Response(self.validate_body())


class BugView(APIView):
    """Fails as nobody has expected."""

    def get(self, request: Request) -> Response:
        raise ZeroDivisionError("the secret of the bug")


class DownView(APIView):
    """Fails because of what is below."""

    def get(self, request: Request) -> Response:
        raise Unavailable("What is below is down.", below="cellar")


def broken(request: HttpRequest) -> NoReturn:
    """Fails outside of REST framework."""
    raise ZeroDivisionError("the secret of the bug")


urlpatterns = service_urls(
    path("echo", EchoView.as_view()),
    path("bug", BugView.as_view()),
    path("down", DownView.as_view()),
    path("broken", broken),
    links={"echo": "/echo"},
    examples={},
)
