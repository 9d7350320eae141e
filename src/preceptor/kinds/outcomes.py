"""Content that kinds give to releases beside judged responses and demonstrations: filled-in forms, judged steps."""

from __future__ import annotations

from typing import Any

import msgspec

from preceptor.kinds.content import Content, Message, Provenance
from preceptor.kinds.given import FieldValue
from preceptor.kinds.pictures import PictureFile


class FilledForm(Content, frozen=True):
    """A form as one person filled it in. Formats make of it a row of a table, a label, or Label Studio's JSON.

    `data`, `key` and `provenance.source` (a known `gold` among it) come from the imported `Record` and go out as they
    came in.
    """

    provenance: Provenance
    data: dict[str, Any]
    """What was to be looked at, by name."""
    values: tuple[FieldValue, ...]
    """What the person said, in the order of the form; empty fields are left out."""
    key: str = ""
    """The item's key in the source; empty where it has none."""
    answer_source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Fields that the source kept about this answer alone."""
    picture: PictureFile | None = None
    """What was to be looked at beside the data, by its name among them as well (`picture`)."""


class JudgedSteps(Content, frozen=True):
    """The steps of a response, each called right or wrong by one person."""

    prompt: tuple[Message, ...]
    steps: tuple[str, ...]
    right: tuple[bool, ...]
    """One for each step."""
    provenance: Provenance
    turn: int = 1
    turns: int = 1
