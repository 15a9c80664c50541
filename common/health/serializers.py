"""What is answered of health (contract, section 7)."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.health.checks import HEALTHY, UNHEALTHY


@extend_schema_field({"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Dependency"}})
class DependenciesField(serializers.DictField):
    """The state of each dependency, by name."""


class DependencySerializer(serializers.Serializer[Any]):
    """The state of something that a service depends on."""

    status = serializers.ChoiceField([HEALTHY, UNHEALTHY])
    error = serializers.CharField(required=False, help_text="Why it is not healthy, in plain words.")
    response_time_ms = serializers.FloatField()
    layout = serializers.CharField(required=False, help_text="How data is stored there, where there are several ways.")
    dependencies = DependenciesField(required=False, help_text="What it depends on itself, by name.")


class LiveSerializer(serializers.Serializer[Any]):
    """That a process answers."""

    service = serializers.CharField()
    status = serializers.ChoiceField([HEALTHY, UNHEALTHY])


class HealthSerializer(LiveSerializer):
    """The health of a service and of what it depends on."""

    dependencies = serializers.DictField(child=DependencySerializer(), help_text="By name.")
