"""The login: with a token or at the provider, into a session of this browser (contract, section 13)."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from rest_framework.exceptions import APIException, AuthenticationFailed, NotFound, PermissionDenied

from common.access import bearer
from common.browsable.headers import SELF, protect
from common.browsable.login import ROOT, find_next, public_origins
from common.browsable.people import LOGIN, PeopleView, explain_fault
from user_service.access import sessions
from user_service.access.authentication import identify, make_caller
from user_service.access.callers import Caller
from user_service.access.services import IssuedToken
from user_service.openid import provider_login

NO_PERSON = "This is the token of a program. A browser is for people."
UNVERIFIED = "The provider does not say that your email is really yours. Have it verified there, then log in again."


class TokenForm(forms.Form):
    """A token, to log in with."""

    token = forms.CharField(
        max_length=bearer.MAX_LENGTH,
        help_text="An administrator makes the first one for you. Once you are in, you make more of them yourself.",
        widget=forms.PasswordInput({"autocomplete": "current-password", "spellcheck": "false"}),
    )

    caller: Caller

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"label_suffix": ""})

    def clean_token(self) -> str:
        """The token, if it is that of a person. Raises Throttled and Unavailable, which are no fault of the token."""
        token: str = self.cleaned_data["token"]
        try:
            self.caller = identify(token)
        except AuthenticationFailed as fault:
            raise ValidationError(str(fault.detail)) from None
        if self.caller.email is None:
            raise ValidationError(NO_PERSON)
        return token


class LoginView(PeopleView):
    """Who one is, and the way in."""

    is_open = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; for who is logged in already also the way out."""
        return show_login(request, TokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begins a session, and leads to where one wanted to go."""
        form = TokenForm(request.POST)
        if not form.is_valid():
            form.fields["token"].widget.attrs["autofocus"] = True
            return show_login(request, form, status=HTTPStatus.UNAUTHORIZED)
        session = sessions.begin_session(form.caller, form.cleaned_data["token"])
        return lead_on(request, find_next(request), session)


def show_login(request: HttpRequest, form: TokenForm, *, fault: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    """The page of the login, with what the form or the provider is faulted for."""
    wanted = find_next(request)
    context = {
        "form": form,
        "fault": fault,
        "caller": find_caller(request),
        "wanted": "" if wanted == ROOT else wanted,
        "is_open": settings.IS_OPEN,
        "provider": settings.OIDC_CLIENT_ID and urlsplit(settings.OIDC_ISSUER).netloc,
    }
    response = render(request, "user_service/login.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    # From here the form leads back to the other services, as far as browsers know them.
    protect(response, forms=" ".join([SELF, *public_origins()]))
    return response


def show_fault(request: HttpRequest, fault: APIException) -> HttpResponse:
    """The page of the login, where one begins again: with the fault of a login that came to nothing."""
    return show_login(request, TokenForm(), fault=explain_fault(fault), status=fault.status_code)


@method_decorator(provider_login.with_login_state, name="dispatch")
class ProviderLoginView(PeopleView):
    """The way to the provider, and from there back to `CallbackView`."""

    http_method_names = ["get"]
    is_open = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sends the browser to the provider. Raises NotFound where there is none."""
        check_provider()
        try:
            return provider_login.begin(request, find_next(request))
        except APIException as fault:
            return show_fault(request, fault)


@method_decorator(provider_login.with_login_state, name="dispatch")
class CallbackView(PeopleView):
    """The way back from the provider."""

    http_method_names = ["get"]
    is_open = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Begins a session of whom the provider vouches for. Raises NotFound where there is no provider."""
        check_provider()
        try:
            claims, wanted = provider_login.complete(request)
            if claims.email is None:
                raise PermissionDenied(UNVERIFIED)
            return lead_on(request, wanted, sessions.begin_session(make_caller(claims)))
        except APIException as fault:
            return show_fault(request, fault)


def check_provider() -> None:
    """Raises NotFound where nobody logs in at a provider."""
    if settings.IS_OPEN or not settings.OIDC_CLIENT_ID:
        raise NotFound("Nobody logs in at a provider here.")


def lead_on(request: HttpRequest, wanted: str, session: IssuedToken) -> HttpResponse:
    """Has the browser keep a session, and go to where one wanted to go."""
    response = HttpResponseRedirect(wanted)
    sessions.keep_session(request, response, session)
    return response


class LogoutView(PeopleView):
    """The way out."""

    http_method_names = ["post"]
    is_open = True

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ends the session."""
        response = HttpResponseRedirect(LOGIN)
        caller = find_caller(request)
        if caller is not None:
            sessions.end_session(caller, response)
        return response


def find_caller(request: HttpRequest) -> Caller | None:
    """Who has logged in, if anybody has."""
    try:
        session = bearer.read(request)
        return identify(session) if session and not settings.IS_OPEN else None
    except APIException:
        return None
