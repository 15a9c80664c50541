"""What suggestion-service asks of availability-service."""

from django.conf import settings

from common.api.exceptions import BadGateway
from common.client import ServiceClient
from common.domain.segments import CommonTime
from common.health.checks import ServiceCheck
from common.meetings.question import Question
from common.meetings.serializers import CommonTimeSerializer

availability = ServiceClient(
    "availability-service", settings.AVAILABILITY_SERVICE_URL, settings.AVAILABILITY_SERVICE_SECONDS
)
health = ServiceCheck(availability, settings.HEALTH_SECONDS)


def fetch_common_time(question: Question) -> CommonTime:
    """When the group can meet, with one request. Raises what the client raises."""
    answer = availability.post_json("/availability/segments", question.as_request())
    serializer = CommonTimeSerializer(data=answer, context={"question": question})
    if not serializer.is_valid():
        raise BadGateway(f"{availability.name} answered something other than common time.")
    return CommonTime(**serializer.validated_data)
