"""What suggestion-service asks of availability-service."""

from django.conf import settings
from rest_framework.exceptions import ValidationError

from common.api.exceptions import BadGateway
from common.api.serializers import validate
from common.client import ServiceClient
from common.domain.segments import CommonTime
from common.health.checks import ServiceCheck
from common.meetings.common_time import CommonTimeSerializer
from common.meetings.question import Question

availability = ServiceClient(
    "availability-service", settings.AVAILABILITY_SERVICE_URL, settings.AVAILABILITY_SERVICE_SECONDS
)
health = ServiceCheck(availability, settings.HEALTH_SECONDS)


def fetch_common_time(question: Question, run_over: int) -> CommonTime:
    """When the group can meet, with one request. Raises what the client raises.

    Time that begins within the window is told up to `run_over` minutes past its end.
    """
    answer = availability.post_json("/availability/segments", question.as_request() | {"run_over": run_over})
    try:
        common_time = CommonTime(**validate(CommonTimeSerializer, answer))
    except ValidationError:
        common_time = None
    if common_time is None or not question.is_answered_by(common_time, run_over):
        raise BadGateway(f"{availability.name} answered something other than the common time of this group.")
    return common_time
