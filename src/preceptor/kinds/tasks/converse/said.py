from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import TagsSettings
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.scoring import Said, said_even_blank, said_in
from preceptor.kinds.tasks.converse.answer import Answer
from preceptor.kinds.tasks.converse.settings import Settings
from preceptor.lib.i18n import _


def said_by(settings: Settings, answer: Answer) -> Iterator[Said]:
    """What an answer says about responses, and about the conversation as a whole."""
    each, whole = TagsSettings(tags=settings.each.tags), TagsSettings(tags=settings.whole.tags)
    for turn in answer.turns:
        for response, rating in turn.ratings.items():
            title = _("Ratings of responses")
            yield from said_in(RATING, settings.each.scale, rating, name="ratings", title=title, about=response)
        for response in dict.fromkeys([*turn.ratings, *turn.tags]):
            if settings.each.tags:
                ticked = turn.tags.get(response, ())
                yield said_even_blank(TAGS, each, ticked, name="tags", title=_("Ticks in responses"), about=response)
        yield from said_in(
            TEXT, TextSettings(), turn.ideal_text, name="ideal", title=_("Written response"), about=turn.turn_id
        )
    title = _("Rating of the conversation")
    yield from said_in(RATING, settings.whole.scale, answer.rating, name="rating", title=title)
    yield from said_in(TAGS, whole, answer.tags, name="whole_tags", title=_("Ticks for the conversation"))
    yield from said_in(TEXT, TextSettings(), answer.comment.strip(), name="comment", title=_("Comment"))
