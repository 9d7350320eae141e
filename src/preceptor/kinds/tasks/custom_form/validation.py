"""Why an answer cannot be submitted. Runs while a person waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.findings import Question, below, join
from preceptor.kinds.live import UNFINISHED
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.asking import UNREADABLE, Asked, Situation, situation_of
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import Settings
from preceptor.kinds.tasks.custom_form.turns import may_ask
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, ngettext_lazy


def answer_problems(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
) -> list[FieldProblem]:
    """Every problem of an answer of the right form, held against what the person was really shown."""
    situation = situation_of(settings, item, turns, answer)
    problems = list(_response_problems(settings, item, turns))
    known = {one.form.key: one for one in situation.asked}
    for key, given in answer.values.items():
        one = known.get(key)
        targets = situation.targets(one) if one is not None else ()
        for target in given:
            if target not in targets and given[target] is not None:
                message = _("This form does not ask this.") if one is None else _("There is no such thing here.")
                problems.append(FieldProblem(join("values", key, target), message))
    if answer.source:
        problems.append(FieldProblem("source", _("Only imported answers have this.")))
    for one in situation.asked:
        for target in situation.targets(one):
            if situation.is_asked(one, target):
                problems += below(join("values", one.form.key, target), _value_problems(situation, one, target))
    return problems


def _value_problems(situation: Situation, one: Asked, target: str) -> Iterator[FieldProblem]:
    value = situation.value(one, target)
    if value is UNREADABLE:
        yield FieldProblem("", _("This is not a value of this field."))
    elif value is not None:
        yield from one.field.check(one.settings, value, situation.subject(one, target))
    elif one.form.required:
        yield FieldProblem("", _("Answer this question."))


def _response_problems(settings: Settings, item: ItemContent, turns: Sequence[TurnShown]) -> Iterator[FieldProblem]:
    """Responses that are still to come, where the form asks models."""
    if may_ask(settings, item) and not turns:
        yield FieldProblem("values", _("Ask the models first: the questions are about their responses."))
    elif may_ask(settings, item) and len(turns) < settings.min_turns:
        message = ngettext_lazy(
            "This conversation needs at least {count} turn.",
            "This conversation needs at least {count} turns.",
            settings.min_turns,
        )
        yield FieldProblem("next_prompt", message)
    if any(response.state in UNFINISHED for turn in turns for response in turn.responses):
        yield FieldProblem("values", _("A response is still being written. Wait for it, or stop it."))


def answer_questions(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
) -> list[Question]:
    """The doubts that the fields themselves have about their values."""
    found = []
    for one, target, value in situation_of(settings, item, turns, answer).said():
        for question in one.field.questions(one.settings, value):
            place = join("values", one.form.key, target)
            found.append(Question(f"{question.code}:{place}", question.text, join(place, question.path)))
    return found
