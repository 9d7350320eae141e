"""Honest checks before submit: what looks like a slip is asked about, once, and never refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from preceptor.kinds.fields.ranking.field import ranks_in
from preceptor.kinds.findings import Question
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.tasks.compare_responses.answer import Answer
from preceptor.kinds.tasks.compare_responses.settings import STRENGTHS, Settings
from preceptor.lib.i18n import _


def answer_questions(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> list[Question]:
    """Every doubt about a valid answer. Responses are called by their place as this person saw them."""
    return [question for turn in turns[:1] for question in _doubts(settings, turn, answer)]


def _doubts(settings: Settings, turn: TurnShown, answer: Answer) -> Iterator[Question]:
    ranks = ranks_in(answer.ranking)
    texts = {response.id: response.text.strip() for response in turn.responses}
    places = {response.id: place for place, response in enumerate(turn.responses, 1)}
    if len(answer.ranking) == 1 and settings.all_bad and not answer.all_bad:
        text = _("All responses share one place: nobody will learn from this which is better. Are they equally good?")
        yield Question("all_tied:ranking", text, "ranking")
    for one, other in combinations(texts, 2):
        if answer.prefers and texts[one] == texts[other] and ranks.get(one) != ranks.get(other):
            text = _("Responses {one} and {other} say the same, but do not share a place. Is that right?")
            text = text.format(one=places[one], other=places[other])
            yield Question(f"same_text_ranked_apart:{one}:{other}", text, "ranking")
    if answer.prefers and any(not texts.get(key, "x") for key in answer.ranking[0]) and any(texts.values()):
        text = _("An empty response comes first in your order. Is that right?")
        yield Question("empty_is_best:ranking", text, "ranking")
    if answer.all_bad and answer.strength == STRENGTHS:
        text = _("You said that all are bad, but also that one is far better. Are both right?")
        yield Question("all_bad_with_strength:all_bad", text, "all_bad")
