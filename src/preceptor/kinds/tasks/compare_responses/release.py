"""What an accepted answer gives to releases, and how far several answers agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured
from preceptor.kinds.content import Candidate, Content, JudgedResponses, Preference, Provenance
from preceptor.kinds.dialogue import joined
from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import Groups, RankingSettings, ranks_in, strict_pairs
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.tasks.compare_responses.answer import Answer
from preceptor.kinds.tasks.compare_responses.item import ItemContent
from preceptor.kinds.tasks.compare_responses.settings import STRENGTHS
from preceptor.lib.i18n import LazyText, _

V = TypeVar("V")


def rows_of(item: ItemContent, turns: Sequence[TurnShown], answer: Answer, provenance: Provenance) -> list[Content]:
    """The one judgement: all responses in the order shown, with every strict pair of the ranking."""
    shown = {response.id: response for turn in turns[:1] for response in turn.responses}
    ranks = ranks_in(answer.ranking)
    candidates = tuple(
        Candidate(
            response_id=key,
            text=response.text,
            model=response.model,
            sampling=response.sampling,
            rank=ranks.get(key),
        )
        for key, response in shown.items()
    )
    texts = {key: response.text for key, response in shown.items()}
    return [
        JudgedResponses(
            prompt=joined(item.messages, item.prompt),
            candidates=candidates,
            provenance=provenance,
            all_bad=answer.all_bad,
            preferences=_preferences(answer, texts),
            rationale=answer.rationale.strip(),
        )
    ]


def _preferences(answer: Answer, texts: dict[str, str]) -> tuple[Preference, ...]:
    """All strict pairs, best chosen first.

    The margin is the difference in rank, in which the step from the first place to the second counts as much as the
    person said it does: of two responses the margin is the strength itself.
    """
    if not answer.prefers:
        return ()
    first = set(answer.ranking[0])
    more = (answer.strength or 1) - 1
    return tuple(
        Preference(
            chosen=texts[pair.better],
            rejected=texts[pair.worse],
            chosen_id=pair.better,
            rejected_id=pair.worse,
            margin=pair.margin + (more if pair.better in first else 0),
        )
        for pair in strict_pairs(answer.ranking)
    )


def agreement_of(answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
    """Order, best response, "all are bad" and strength, each among the people who judged the same responses."""
    rankings: dict[frozenset[str], list[Groups]] = defaultdict(list)
    for answer in (answer for given in answers for answer in given):
        if answer.ranking:
            rankings[frozenset(key for group in answer.ranking for key in group)].append(answer.ranking)
    orders = list(rankings.values())
    strengths = [[a.strength for a in given if a.strength is not None] for given in answers]
    return (
        RANKING.agreement(RankingSettings(), orders),
        _mean("same_best", _("Same best response, share of pairs of people"), orders, _same_best),
        _mean("all_bad", _("Same view whether all are bad, share of pairs of people"), answers, _same_view),
        _mean("strength", _("Nearness in strength of preference"), strengths, _nearness),
    )


def _mean(key: str, title: LazyText, units: Sequence[Sequence[V]], similarity: Callable[[V, V], float]) -> Measure:
    found, pairs = measured(units)
    return Measure(key, title, mean_of_pairs(units, similarity=similarity), found, pairs)


def _same_best(one: Groups, other: Groups) -> float:
    return float(set(one[0]) == set(other[0]))


def _same_view(one: Answer, other: Answer) -> float:
    return float(one.all_bad == other.all_bad)


def _nearness(one: int, other: int) -> float:
    """1 for the same step, 0 for the two ends of the scale."""
    return 1 - abs(one - other) / (STRENGTHS - 1)
