"""The base of the views that have pages with forms."""

from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework.request import Request

from common.api.renderers import wants_page
from common.api.serializers import StrictSerializer, validate
from common.api.views import ServiceView
from common.browsable import form_data


class PageView(ServiceView):
    """A view that also reads what the forms of its own pages send. `page` names a template of its own."""

    page: ClassVar[str]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reads the method that a form means before anything is decided by the method."""
        # What is wrong with a form is told on a page, too.
        self.format_kwarg = self.get_format_suffix(**kwargs)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        form_data.bind(request)
        super().initial(request, *args, **kwargs)

    def validate_query(self) -> dict[str, Any]:
        """The validated parameters of a GET: of a page without those that were left empty. Raises ValidationError."""
        if self.parameters and wants_page(self.request):
            return validate(self.parameters, form_data.tidy(self.parameters, self.request.query_params))
        return super().validate_query()

    def validate_body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The validated body, or form. Raises ValidationError, or what the parser raises."""
        data = self.request.data
        if isinstance(data, QueryDict):
            return validate(serializer, form_data.plain(serializer, data))
        return super().validate_body(serializer)
