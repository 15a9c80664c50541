"""The heat map for people."""

from typing import Any

from availability_service import services
from availability_service.heatmap import page
from availability_service.heatmap.representations import represent_heatmap
from common.meetings.forms import QuestionForm
from common.meetings.pages import QuestionView


class HeatmapPageView(QuestionView[QuestionForm]):
    """How many of a group are free in each hour, and who."""

    template_name = page.TEMPLATE

    def answer(self, form: QuestionForm) -> dict[str, Any]:
        """What the template shows of the map."""
        return page.represent_page(represent_heatmap(form.question, services.build_heatmap(form.question)))
