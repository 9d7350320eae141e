"""Things that happened, named in the past tense, kept for good in the order they were committed."""

from typing import Any, ClassVar
from uuid import UUID

import msgspec

REGISTRY: dict[str, type["Event"]] = {}
"""Every event by its name; filled as the modules that define them are imported."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. Subclasses set `name`, such as `work.submitted`, and add ids and small facts.

    Events hold ids, never texts or personal values: those stand where they can be erased.
    """

    name: ClassVar[str] = ""

    actor_id: UUID | None = None
    """Who did it; nobody where the system did."""
    subject_id: UUID | None = None
    """What it happened to."""
    project_id: UUID | None = None
    """The project it belongs to, if any."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.name:
            REGISTRY[cls.name] = cls

    def facts(self) -> dict[str, object]:
        """The fields of the subclass as plain JSON values."""
        common = {"actor_id", "subject_id", "project_id"}
        built: dict[str, object] = msgspec.to_builtins(self)
        return {key: value for key, value in built.items() if key not in common}


def event_from_row(
    name: str, *, actor_id: UUID | None, subject_id: UUID | None, project_id: UUID | None, data: dict[str, object]
) -> Event | None:
    """The typed event of a stored row; None where this version of the program knows no such event."""
    kind = REGISTRY.get(name)
    if kind is None:
        return None
    common = {"actor_id": actor_id, "subject_id": subject_id, "project_id": project_id}
    return msgspec.convert({**data, **common}, kind)
