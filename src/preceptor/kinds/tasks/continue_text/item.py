from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.kinds.content import Content, Conversation, GivenResponse
from preceptor.kinds.findings import join
from preceptor.kinds.given import PlainText
from preceptor.kinds.reading import document_problems
from preceptor.kinds.tasks.continue_text.settings import MOST_CANDIDATES
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class ItemContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be continued.

    Attributes:
        text: up to where it stops. White space at its end counts.
        candidates: continuations that came along, such as the real one; models' are mixed with them.
        source: fields of the imported row that nobody knew.
    """

    text: str
    candidates: tuple[GivenResponse, ...] = ()
    source: dict[str, Any] = {}


def item_from(content: Content) -> ItemContent | None:
    """An item from content of a type this kind accepts; None for another one."""
    if isinstance(content, PlainText):
        return ItemContent(text=content.text, source=content.source)
    if isinstance(content, Conversation):
        alone = len(content.messages) == 1 and content.messages[0].role == "user" and not content.follow_ups
        text = content.messages[0].content if alone else ""
        return ItemContent(text=text, candidates=content.responses, source=content.source)
    return None


def item_problems(item: ItemContent) -> list[FieldProblem]:
    """No text, too many candidates, or texts not fit to keep."""
    return [*_text_problems(item), *_candidate_problems(item), *document_problems(item)]


def _text_problems(item: ItemContent) -> Iterator[FieldProblem]:
    if not item.text.strip():
        yield FieldProblem("text", _("There is no text here to go on from. Give one, or a single prompt."))


def _candidate_problems(item: ItemContent) -> Iterator[FieldProblem]:
    if len(item.candidates) > MOST_CANDIDATES:
        yield FieldProblem("candidates", _("Give at most {most} candidates.").format(most=MOST_CANDIDATES))
    for index, given in enumerate(item.candidates):
        if not given.text.strip():
            yield FieldProblem(join("candidates", index, "text"), _("This is empty. Fill it in, or leave it out."))
