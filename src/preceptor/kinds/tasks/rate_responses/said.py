from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import RankingSettings
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import TagsSettings
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.scoring import Said, said_even_blank, said_in
from preceptor.kinds.tasks.rate_responses.answer import Answer
from preceptor.kinds.tasks.rate_responses.release import ranking_of
from preceptor.kinds.tasks.rate_responses.settings import Settings
from preceptor.lib.i18n import _


def said_by(settings: Settings, answer: Answer) -> Iterator[Said]:
    """What an answer says. A response that was rated and not ticked is said to have no errors."""
    tags = TagsSettings(tags=settings.errors)
    for turn in answer.turns:
        for response, rating in turn.ratings.items():
            yield from said_in(RATING, settings.scale, rating, name="ratings", title=_("Ratings"), about=response)
        for response in dict.fromkeys([*turn.ratings, *turn.errors]):
            if settings.errors:
                ticked = turn.errors.get(response, ())
                yield said_even_blank(TAGS, tags, ticked, name="errors", title=_("Errors found"), about=response)
        if turn.ranking is not None or len(turn.ratings) > 1:
            order = ranking_of(turn, turn.ratings)
            yield from said_in(
                RANKING, RankingSettings(), order, name="ranking", title=_("Order of the responses"), about=turn.turn_id
            )
        yield from said_in(
            TEXT, TextSettings(), turn.ideal_text, name="ideal", title=_("Ideal response"), about=turn.turn_id
        )
