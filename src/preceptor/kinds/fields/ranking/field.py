from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import sqrt
from typing import ClassVar

import msgspec

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured
from preceptor.kinds.field import Field, FieldSample
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

Groups = tuple[tuple[str, ...], ...]
"""A ranking: groups of ids, best first; ids in one group are tied."""


class RankingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether things may share a place."""

    ties: bool = True


class StrictPair(msgspec.Struct, frozen=True):
    """One thing is ranked above another. `margin` is how much better it is, 0 or more."""

    better: str
    worse: str
    margin: float


class RankingField(Field[RankingSettings, Groups]):
    """An order of things, with ties."""

    key = "ranking"
    title = _("Ranking")
    description = _("An order of several things, best first, with or without ties.")
    settings_type = RankingSettings
    value_type = Groups
    setting_names: ClassVar[Mapping[str, LazyText]] = {"ties": _("Ties are allowed")}
    needs = "things"

    def validate_settings(self, settings: RankingSettings) -> list[FieldProblem]:
        """Any are fine."""
        del settings
        return []

    def validate(self, settings: RankingSettings, value: Groups, *, options: Sequence[str] = ()) -> list[FieldProblem]:
        """Every option exactly once, nothing else, no empty place."""
        problems: list[FieldProblem] = []
        known = set(options)
        seen: set[str] = set()
        for place, group in enumerate(value):
            if not group:
                problems.append(FieldProblem(str(place), _("Place {number} is empty.").format(number=place + 1)))
            if len(group) > 1 and not settings.ties:
                problems.append(FieldProblem(str(place), _("Ties are not allowed here.")))
            for index, option in enumerate(group):
                if option not in known:
                    problems.append(FieldProblem(f"{place}.{index}", _("This is not one of the things to rank.")))
                elif option in seen:
                    problems.append(FieldProblem(f"{place}.{index}", _("This is ranked twice.")))
                seen.add(option)
        if known - seen:
            problems.append(FieldProblem("", _("The ranking leaves something out.")))
        return problems

    def agreement(self, settings: RankingSettings, units: Sequence[Sequence[Groups]]) -> Measure:
        """Kendall's tau-b, averaged over pairs of people and over units; an order of one thing says nothing."""
        del settings
        units = [[value for value in values if len(ranks_in(value)) > 1] for values in units]
        found, pairs = measured(units)
        return Measure(
            key="ranking_tau_b",
            title=_("Rankings: Kendall’s tau-b, mean over pairs of people"),
            value=mean_of_pairs(units, similarity=tau_b),
            units=found,
            pairs=pairs,
        )

    def likeness(self, settings: RankingSettings, key: Groups, value: Groups) -> float:
        """Kendall's tau-b, moved from -1 … 1 to 0 … 1; an order with things left out says nothing."""
        del settings
        return (tau_b(key, value) + 1) / 2 if ranks_in(key).keys() == ranks_in(value).keys() else 0.0

    def sample(self) -> FieldSample[RankingSettings, Groups]:
        """Three things with a tie, and the other way round."""
        return FieldSample(
            settings=RankingSettings(),
            value=(("b",), ("a", "c")),
            changed=(("a", "c"), ("b",)),
            options=("a", "b", "c"),
        )


def ranking_from(ratings: Mapping[str, float]) -> Groups:
    """The ranking that ratings imply: higher is better, equal ratings tie. Ties keep the order of `ratings`.

    >>> ranking_from({"a": 3, "b": 6, "c": 3})
    (('b',), ('a', 'c'))
    """
    places: dict[float, list[str]] = {}
    for key, rating in ratings.items():
        places.setdefault(rating, []).append(key)
    return tuple(tuple(places[rating]) for rating in sorted(places, reverse=True))


def ranks_in(groups: Groups) -> dict[str, int]:
    """The rank of each id, 1 for the best; tied ids share one and the next rank follows without a gap."""
    return {key: place for place, group in enumerate(groups, 1) for key in group}


def strict_pairs(groups: Groups, *, ratings: Mapping[str, float] | None = None) -> list[StrictPair]:
    """Every pair of which one is ranked above the other, best first; ties give none.

    The margin is the difference of the two ratings where both are known, and 0 where the ranking was corrected against
    them, since a trainer's loss must not be told that the better one is worse. Without ratings it is the difference in
    rank.
    """
    pairs = []
    for (high, uppers), (low, lowers) in combinations(enumerate(groups), 2):
        for better in uppers:
            for worse in lowers:
                margin = float(low - high)
                if ratings is not None and better in ratings and worse in ratings:
                    margin = max(0.0, float(ratings[better] - ratings[worse]))
                pairs.append(StrictPair(better=better, worse=worse, margin=margin))
    return pairs


def inversions(groups: Groups, ratings: Mapping[str, float]) -> list[tuple[str, str]]:
    """Pairs (better, worse) that the ranking orders one way and the ratings the other."""
    return [
        (pair.better, pair.worse)
        for pair in strict_pairs(groups)
        if pair.better in ratings and pair.worse in ratings and ratings[pair.better] < ratings[pair.worse]
    ]


def tau_b(one: Groups, other: Groups) -> float:
    """Kendall's tau-b of two rankings over the ids that both rank: 1 for the same order, -1 for the reverse.

    (P - Q) / sqrt((P + Q + X)(P + Q + Y)), with P pairs ordered alike, Q ordered oppositely, X tied in the one only and
    Y tied in the other only. Source: Kendall, M. G. (1945), *The Treatment of Ties in Ranking Problems*. Where a
    ranking is one single tie, tau-b is 0/0: two such rankings say the same and get 1; one against an order gets 0.
    """
    first, second = ranks_in(one), ranks_in(other)
    alike = opposite = tied_in_one = tied_in_other = 0
    for a, b in combinations([key for key in first if key in second], 2):
        x, y = first[a] - first[b], second[a] - second[b]
        if x * y > 0:
            alike += 1
        elif x * y < 0:
            opposite += 1
        elif x == 0 and y != 0:
            tied_in_one += 1
        elif y == 0 and x != 0:
            tied_in_other += 1
    ordered = alike + opposite
    if ordered + tied_in_one + tied_in_other == 0:
        return 1.0
    scale = sqrt((ordered + tied_in_one) * (ordered + tied_in_other))
    return (alike - opposite) / scale if scale else 0.0


FIELD = RankingField()
