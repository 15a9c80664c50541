"""A form of our pages and its fields, as the templates see them."""

from dataclasses import dataclass
from typing import Any

from common.api.fields import describe
from common.api.serializers import AnyField
from common.browsable.kinds import BOOLEAN, ZONE, Widget, kind

_ACTIONS = {"GET": "Ask", "PUT": "Save", "PATCH": "Save", "POST": "Send", "DELETE": "Delete for good"}


@dataclass(frozen=True)
class Input:
    """A field of a form. `value` is what it shows, `faults` what was wrong with what was sent."""

    name: str
    field: AnyField
    value: Any
    faults: list[str]

    @property
    def kind(self) -> str:
        """How it is shown."""
        return kind(self.field)

    @property
    def template(self) -> str:
        """The template that shows it."""
        return self.field.template if isinstance(self.field, Widget) else "common/input.html"

    @property
    def label(self) -> str:
        """Its name in words."""
        return self.name.replace("_", " ").capitalize()

    @property
    def choices(self) -> list[str]:
        """What it may be, if that is a matter of choice."""
        return ["true", "false"] if self.kind == BOOLEAN else list(getattr(self.field, "choices", []))

    @property
    def help(self) -> str:
        """What it means, and what holds without it."""
        return describe(self.field)


@dataclass(frozen=True)
class Form:
    """A form of a page: what sends a request with this method to the page's own address."""

    method: str
    title: str
    inputs: list[Input]
    number: int
    sent: bool

    @property
    def is_open(self) -> bool:
        """Whether it is shown at once, rather than when asked for."""
        return self.number == 0 or self.sent

    @property
    def id(self) -> str:
        """What tells it from the others on the page."""
        return f"form{self.number}"

    @property
    def action(self) -> str:
        """What its button says."""
        return _ACTIONS[self.method]

    @property
    def has_zones(self) -> bool:
        """Whether it asks for a time zone."""
        return any(each.kind == ZONE for each in self.inputs)
