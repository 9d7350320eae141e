from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec

from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.findings import Question, below
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.tasks.continue_text.item import ItemContent
from preceptor.kinds.tasks.continue_text.settings import Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

_UNFINISHED = frozenset({"pending", "streaming"})
_TOLD_BY = 60
"""So many characters from the beginning of the text, given back, look like the whole of it pasted."""

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the text goes on, as a person sees it; in a draft anything may be missing.

    Attributes:
        chosen: id of the candidate they chose.
        none_fits: none of the candidates is a continuation worth choosing.
        written: their own continuation. Where one either chooses or writes, it counts before the candidate.
    """

    chosen: Id | None = None
    none_fits: bool = False
    written: str = ""

    @property
    def own(self) -> str | None:
        """The written continuation; None where there is nothing but white space."""
        return self.written if self.written.strip() else None


def candidates_of(turns: Sequence[TurnShown]) -> list[ResponseShown]:
    """What can be chosen: continuations that arrived and say something, in the order this person saw them."""
    return [
        response
        for turn in turns[:1]
        for response in turn.responses
        if response.state in {"complete", "stopped"} and response.text.strip()
    ]


def answer_problems(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> list[FieldProblem]:
    """Every problem of an answer of the right form, held against the candidates that were really shown."""
    return [*_choice_problems(settings, turns, answer), *_text_problems(settings, answer)]


def _choice_problems(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> Iterator[FieldProblem]:
    known = {response.id for response in candidates_of(turns)}
    if answer.chosen is None and not answer.none_fits:
        yield from _nothing_chosen(settings, turns, answer, any_known=bool(known))
    elif settings.way == "write":
        yield FieldProblem("chosen", _("Here the continuation is written, not chosen."))
    elif answer.chosen is not None and answer.chosen not in known:
        yield FieldProblem("chosen", _("This is not one of the candidates."))
    elif answer.chosen is not None and answer.none_fits:
        yield FieldProblem("none_fits", _("Either one of the candidates fits, or none does."))
    elif answer.none_fits and not settings.none_fits:
        yield FieldProblem("none_fits", _("“None of these fits” is not offered here."))


def _nothing_chosen(
    settings: Settings, turns: Sequence[TurnShown], answer: Answer, *, any_known: bool
) -> Iterator[FieldProblem]:
    if settings.way == "write" or (settings.way == "either" and answer.own):
        return
    if any(response.state in _UNFINISHED for turn in turns[:1] for response in turn.responses):
        yield FieldProblem("chosen", _("The candidates are still being gathered. Wait a moment."))
    elif settings.way == "either":
        yield FieldProblem("chosen", _("Choose a candidate, or write how the text goes on."))
    elif any_known:
        yield FieldProblem("chosen", _("Choose how the text goes on."))
    elif settings.way == "choose":
        yield FieldProblem("chosen", _("No candidate arrived. Ask for them again, or skip the task."))


def _text_problems(settings: Settings, answer: Answer) -> Iterator[FieldProblem]:
    if settings.way == "choose":
        if answer.own:
            yield FieldProblem("written", _("Here the continuation is chosen, not written."))
        return
    is_needed = settings.way in {"write", "both"} or (settings.way == "either" and answer.none_fits)
    if answer.written or is_needed:
        bounds = msgspec.structs.replace(settings.written, required=is_needed)
        yield from below("written", TEXT.validate(bounds, answer.written))


def answer_questions(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
) -> Iterator[Question]:
    """Doubts about a valid answer: a candidate written again, the text itself given back, or both at once."""
    if answer.own is None:
        return
    own = answer.own.strip()
    for place, response in enumerate(candidates_of(turns), 1):
        if response.text.strip() == own:
            text = _("What you wrote says the same as candidate {number}. Is that meant?").format(number=place)
            yield Question(f"same_as_candidate:{response.id}", text, "written")
    if own.startswith(item.text.strip()[:_TOLD_BY]):
        text = _("What you wrote begins with the given text. Only what comes next is asked for. Leave it so?")
        yield Question("repeats_text:written", text, "written")
    if settings.way == "either" and answer.chosen is not None:
        text = _("You chose a candidate and wrote a continuation too. Yours counts as the better one. Is that right?")
        yield Question("chosen_and_written:written", text, "written")
