"""What happens to endpoints and language models."""

from typing import ClassVar

from preceptor.lib.events import Event


class EndpointAdded(Event, frozen=True, kw_only=True):
    """An endpoint became known. The subject is the endpoint."""

    name: ClassVar[str] = "llms.endpoint_added"


class EndpointChanged(Event, frozen=True, kw_only=True):
    """An endpoint's address, key or limits were set anew; `fields` names which, never their values."""

    name: ClassVar[str] = "llms.endpoint_changed"

    fields: list[str]


class EndpointEnabled(Event, frozen=True, kw_only=True):
    """An endpoint may be asked again."""

    name: ClassVar[str] = "llms.endpoint_enabled"


class EndpointDisabled(Event, frozen=True, kw_only=True):
    """An endpoint is not asked any more."""

    name: ClassVar[str] = "llms.endpoint_disabled"


class EndpointHealthChanged(Event, frozen=True, kw_only=True):
    """An endpoint stopped answering, or answers again. `health` is `ok` or `failing`."""

    name: ClassVar[str] = "llms.endpoint_health_changed"

    health: str
    problem: str = ""
    """Code of what is wrong."""


class LanguageModelAdded(Event, frozen=True, kw_only=True):
    """A language model can be chosen in projects. The subject is the model."""

    name: ClassVar[str] = "llms.model_added"

    slug: str


class LanguageModelChanged(Event, frozen=True, kw_only=True):
    """A language model's name, endpoint, context or parameters were set anew; `fields` names which."""

    name: ClassVar[str] = "llms.model_changed"

    slug: str
    fields: list[str]


class LanguageModelEnabled(Event, frozen=True, kw_only=True):
    """A language model may be asked again."""

    name: ClassVar[str] = "llms.model_enabled"

    slug: str


class LanguageModelDisabled(Event, frozen=True, kw_only=True):
    """A language model is not asked any more."""

    name: ClassVar[str] = "llms.model_disabled"

    slug: str
