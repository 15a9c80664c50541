"""The heat map for people."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from availability_service import services
from availability_service.heatmap import page
from availability_service.heatmap.representations import represent_heatmap
from common.api.exceptions import Problem
from common.browsable.people import PeopleView
from common.meetings.forms import QuestionForm


class HeatmapPageView(PeopleView):
    """How many of a group are free in each hour, and who."""

    template_name = page.TEMPLATE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, and the map of what it asks. A fault is told in the form, under its own status."""
        form = QuestionForm.from_query(request.GET)
        if not form.is_valid():
            status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
            return self.render_to_response({"form": form}, status=status)
        if "last_day" in request.GET:
            # The form was sent: its question gets an address that says no more than it has to, as the API would.
            return HttpResponseRedirect(f"{request.path}?{form.as_query().urlencode(page.READABLE)}")
        try:
            answer = represent_heatmap(form.question, services.build_heatmap(form.question))
        except Problem as fault:
            problem = {"status": fault.status_code, "detail": str(fault.detail), **fault.extra}
            return self.render_to_response(page.represent_fault(form, problem), status=fault.status_code)
        return self.render_to_response(page.represent_page(form, answer))
