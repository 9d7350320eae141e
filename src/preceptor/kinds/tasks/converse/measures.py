"""How far several people agree: on responses that they share, and on how conversations to the same brief went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from preceptor.kinds.agreement import Measure, masi_distance, mean_of_pairs, measured
from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import Groups, RankingSettings, ranking_from
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import TagsSettings
from preceptor.kinds.tasks.converse.answer import Answer
from preceptor.kinds.tasks.converse.settings import Settings
from preceptor.lib.i18n import LazyText, _

T = TypeVar("T")


def agreement_of(settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
    """Agreement on responses that several people judged, then on the conversations as wholes.

    Turns of one's own are nobody else's, so that only a given first turn is judged by several. Conversations differ
    too, but they were led to the same brief: how alike people found them says how reliably the form measures.
    """
    ratings: dict[str, list[int]] = defaultdict(list)
    tags: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    rankings: dict[frozenset[str], list[Groups]] = defaultdict(list)
    for turn in (turn for given in answers for answer in given for turn in answer.turns):
        for key, rating in turn.ratings.items():
            ratings[key].append(rating)
            tags[key].append(turn.tags.get(key, ()))
        rankings[frozenset(turn.ratings)].append(ranking_from(turn.ratings))
    steps = settings.whole.scale.points - 1
    return (
        RATING.agreement(settings.each.scale, list(ratings.values())),
        RANKING.agreement(RankingSettings(), list(rankings.values())),
        TAGS.agreement(TagsSettings(tags=settings.each.tags), list(tags.values())),
        _similarity(
            "conversation_rating_similarity",
            _("Ratings of the conversations: 1 less their distance as a part of the scale"),
            [[answer.rating for answer in given if answer.rating is not None] for given in answers],
            lambda one, other: 1 - abs(one - other) / steps,
        ),
        _similarity(
            "conversation_tags_similarity",
            _("Tags of the conversations: 1 less the distance of sets"),
            [[answer.tags for answer in given] for given in answers],
            lambda one, other: 1 - masi_distance(one, other),
        ),
    )


def _similarity(
    key: str, title: LazyText, units: Sequence[Sequence[T]], similarity: Callable[[T, T], float]
) -> Measure:
    found, pairs = measured(units)
    value = mean_of_pairs(units, similarity=similarity)
    return Measure(key=key, title=title, value=value, units=found, pairs=pairs)
