"""The two views of a login at a provider, as bare as they can be."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from user_service.openid.provider_login import begin, complete, with_login_state

NEXT = "/me?day=monday"


@with_login_state
def begin_login(request: HttpRequest) -> HttpResponse:
    return begin(request, NEXT)


@with_login_state
def complete_login(request: HttpRequest) -> HttpResponse:
    claims, next_path = complete(request)
    return JsonResponse({"sub": claims.subject, "email": claims.email, "next": next_path, "id": claims.token_id})


urlpatterns = [path("login/provider", begin_login), path("login/callback", complete_login)]
