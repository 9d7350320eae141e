from __future__ import annotations

from typing import Annotated, Any

import msgspec

from preceptor.kinds.tasks.custom_form.settings import MOST_FIELDS

ITEM = "item"
"""The target of a question that is asked once for the whole item."""

STEP = "step-"
"""What targets of questions that are asked of each step begin with; a number from 1 follows."""

_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Targets = Annotated[dict[_Key, Any], msgspec.Meta(max_length=1_000)]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A filled-in form; a draft has the same form with things still missing.

    Attributes:
        values: by question and then by what it is about (`item`, a turn's number from 1, or a response's id). What was
            not touched is left out and has the question's default; null is a default that was taken away.
        next_prompt: text in the prompt box that was not sent.
        next_from: id of the response that it is to go on from.
        source: what a source kept about an answer that was given elsewhere.
    """

    values: Annotated[dict[_Key, _Targets], msgspec.Meta(max_length=MOST_FIELDS)] = {}
    next_prompt: str = ""
    next_from: Annotated[str, msgspec.Meta(max_length=64)] = ""
    source: dict[str, Any] = {}
