from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import RankingSettings
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.scoring import Said, said_in, same
from preceptor.kinds.tasks.compare_responses.answer import Answer
from preceptor.kinds.tasks.compare_responses.settings import STRENGTHS, Settings
from preceptor.lib.i18n import _


def said_by(settings: Settings, answer: Answer) -> Iterator[Said]:
    """What an answer says."""
    if settings.all_bad and (answer.all_bad or answer.ranking):
        yield Said("all_bad", _("Whether all are bad"), "", answer.all_bad, same)
    if answer.ranking and not answer.all_bad:
        order = RankingSettings(ties=settings.ties)
        yield from said_in(RANKING, order, answer.ranking, name="ranking", title=_("Order of the responses"))
        yield Said("best", _("Best response"), "", frozenset(answer.ranking[0]), same)
    if answer.strength is not None:
        yield Said("strength", _("How much better the best is"), "", answer.strength, _nearness)
    yield from said_in(TEXT, TextSettings(), answer.rationale.strip(), name="rationale", title=_("Reasons"))


def _nearness(key: int, value: int) -> float:
    """1 for the same step, 0 for the two ends of the scale."""
    return 1 - abs(key - value) / (STRENGTHS - 1)
