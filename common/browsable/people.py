"""What the pages for people have in common, in whichever service they are (contract, section 8)."""

from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.generic import TemplateView
from rest_framework.exceptions import APIException

from common.api.exceptions import Unavailable, find_wait
from common.domain import timezones

# By the name under which templates find its address: the service, the title of the page, and its path there.
PAGES = {
    "week": ("user-service", "My week", "/week"),
    "find": ("suggestion-service", "Find a time", "/find"),
    "heatmap": ("availability-service", "Heat map", "/heatmap"),
}
LOGIN = "/login"
LOGIN_SERVICE = "user-service"
FORGED = "This form did not come from a page of ours, or is too old. Load the page again, and send it from there."


def link_pages(request: HttpRequest) -> dict[str, dict[str, str]]:
    """A context processor: `pages`, the address of each page by its name, and `page_titles`.

    The address is a path within this service, and empty where nobody has said under which address a browser finds
    the other service, or where nobody has to log in.
    """
    pages = {name: _find_address(service, path) for name, (service, _, path) in PAGES.items()}
    return {
        "pages": pages | {"login": "" if settings.IS_OPEN else LOGIN},
        "page_titles": {name: title for name, (_, title, _) in PAGES.items()},
    }


def _find_address(service: str, path: str) -> str:
    if service == settings.SERVICE_NAME:
        return path
    public = settings.PUBLIC_URLS[service]
    return f"{public}{path}" if public else ""


class PeopleView(TemplateView):
    """A page for people. An expected fault that it does not show itself becomes a page that says what is wrong.

    Unless it `is_open`, who has not logged in is led to where one does.
    """

    is_open: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or the one that tells a fault, under the fault's status."""
        try:
            if not self.is_open:
                import_string(settings.PAGE_ACCESS)(request)
            page = super().dispatch(request, *args, **kwargs)
        except APIException as fault:
            if fault.status_code == HTTPStatus.UNAUTHORIZED:
                return HttpResponseRedirect(f"{LOGIN}?{urlencode({'next': request.get_full_path()})}")
            return answer_fault(request, fault)
        if page.status_code == HTTPStatus.SERVICE_UNAVAILABLE:  # told in a form, which keeps what was sent
            page.headers.setdefault("Retry-After", str(Unavailable.retry_after))
        return page


def explain_fault(fault: APIException) -> str:
    """A fault in words for people, with the time after which it is worth trying again, if it says so."""
    is_throttled = fault.status_code == HTTPStatus.TOO_MANY_REQUESTS
    detail = "That was more than anybody may ask in a minute." if is_throttled else str(fault.detail)
    wait = find_wait(fault)
    return f"{detail} Try again in {wait} second{'' if wait == 1 else 's'}." if wait else detail


def answer_fault(request: HttpRequest, fault: APIException) -> HttpResponse:
    """A page that says what is wrong, under the fault's status, and with its Retry-After."""
    page = tell_fault(request, explain_fault(fault), status=fault.status_code)
    if wait := find_wait(fault):
        page.headers["Retry-After"] = str(wait)
    return page


def tell_fault(request: HttpRequest, detail: str, *, status: int) -> HttpResponse:
    """A page that says what is wrong."""
    return render(request, "common/people_fault.html", {"detail": detail}, status=status)


def refuse_forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form that another site may have sent: Django's CSRF_FAILURE_VIEW."""
    return tell_fault(request, FORGED, status=HTTPStatus.FORBIDDEN)


def focus_on_fault(form: forms.Form) -> None:
    """The first field with a fault has the focus when the form is shown, also without a script."""
    for name, field in form.fields.items():
        if name in form.errors:
            field.widget.attrs["autofocus"] = True
            return


class ZoneSelect(forms.Select):
    """Every time zone. Django's own template, drawn for each of 600 options, would take a sixth of a second."""

    template_name = "common/zone_select.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template shows. The first zone is the one that a browser shows where none is chosen."""
        context = super().get_context(name, value, attrs)
        context["widget"]["zones"] = [timezones.DEFAULT, *sorted(timezones.names() - {timezones.DEFAULT})]
        return context
