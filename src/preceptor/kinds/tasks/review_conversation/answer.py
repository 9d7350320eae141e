from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from preceptor.kinds.field import Subject
from preceptor.kinds.fields.spans.field import FIELD as SPANS
from preceptor.kinds.fields.spans.field import MOST_SPANS, Spans
from preceptor.kinds.findings import below
from preceptor.kinds.reading import text_problems
from preceptor.kinds.tasks.review_conversation.item import ItemContent, text_key
from preceptor.kinds.tasks.review_conversation.settings import Settings
from preceptor.kinds.triage import MessageVerdict, Severity, Verdict
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

# Bounds here keep nonsense out of drafts; they are wider than any form needs, so that a stale draft still saves.
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person makes of a reported conversation.

    Attributes:
        verdict: of the whole; None in a draft.
        severity: of a confirmed problem.
        categories: keys of what is wrong.
        spans: where it is wrong, and what else is private; `text` is `m1` for the first message.
        messages: a verdict per message, by the same keys.
        note: why, in the person's words.
    """

    verdict: Verdict | None = None
    severity: Severity | None = None
    categories: Annotated[tuple[Key, ...], msgspec.Meta(max_length=64)] = ()
    spans: Annotated[Spans, msgspec.Meta(max_length=MOST_SPANS)] = ()
    messages: Annotated[dict[Key, MessageVerdict], msgspec.Meta(max_length=1_000)] = {}
    note: str = ""


def judged_keys(settings: Settings, item: ItemContent) -> tuple[str, ...]:
    """Messages that get a verdict of their own, in their order; what the model was told beforehand gets none."""
    if settings.judged == "off":
        return ()
    roles = {"assistant"} if settings.judged == "assistant" else {"assistant", "user"}
    return tuple(text_key(index) for index, message in enumerate(item.messages) if message.role in roles)


def answer_problems(settings: Settings, item: ItemContent, answer: Answer) -> list[FieldProblem]:
    """Every problem of an answer of the right form, held against the conversation."""
    return [
        *_message_problems(settings, item, answer),
        *_span_problems(settings, item, answer),
        *_verdict_problems(answer),
        *_category_problems(settings, answer),
        *_note_problems(settings, answer),
    ]


def _message_problems(settings: Settings, item: ItemContent, answer: Answer) -> Iterator[FieldProblem]:
    judged = judged_keys(settings, item)
    for key in answer.messages:
        if key not in judged:
            yield FieldProblem(f"messages.{key}", _("This message is not to be judged here."))
    for key in judged:
        if key not in answer.messages:
            yield FieldProblem(f"messages.{key}", _("Say whether this message is fine."))
    worst = [key for key in judged if answer.messages.get(key) == "worst"]
    for key in worst[1:]:
        yield FieldProblem(f"messages.{key}", _("Only one message can be the worst."))


def _span_problems(settings: Settings, item: ItemContent, answer: Answer) -> Iterator[FieldProblem]:
    if answer.spans:
        yield from below("spans", SPANS.check(settings.marks, answer.spans, Subject(texts=item.texts)))


def _verdict_problems(answer: Answer) -> Iterator[FieldProblem]:
    if answer.verdict is None:
        yield FieldProblem("verdict", _("Say whether the report is right."))
    if answer.verdict == "confirmed":
        if not answer.categories:
            yield FieldProblem("categories", _("Say what is wrong."))
        if answer.severity is None:
            yield FieldProblem("severity", _("Say how bad it is."))


def _category_problems(settings: Settings, answer: Answer) -> Iterator[FieldProblem]:
    known = {one.key for one in settings.categories}
    for index, key in enumerate(answer.categories):
        if key not in known:
            yield FieldProblem(f"categories.{index}", _("There is no category “{key}” in this form.").format(key=key))
    if len(set(answer.categories)) != len(answer.categories):
        yield FieldProblem("categories", _("A category is given twice."))


def _note_problems(settings: Settings, answer: Answer) -> Iterator[FieldProblem]:
    yield from below("note", text_problems(answer.note))
    if settings.note == "required" and not answer.note.strip():
        yield FieldProblem("note", _("Say why, in a sentence or two."))
    elif settings.note == "off" and answer.note.strip():
        yield FieldProblem("note", _("Reasons are not asked for here."))
