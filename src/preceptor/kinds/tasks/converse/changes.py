"""What is different between two answers, in the words of the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.changes import AnswerChange, text_change, value_change
from preceptor.kinds.fields.tags.field import Tag
from preceptor.kinds.findings import join
from preceptor.kinds.labels import label_in
from preceptor.kinds.shown import IDEAL, START, TurnShown
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.converse.lines import said_of
from preceptor.kinds.tasks.converse.settings import Settings
from preceptor.lib.i18n import _, current_language


def answer_changes(settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer) -> list[AnswerChange]:
    """Every difference: turn by turn in the order they were asked, then about the whole conversation."""
    old, new = said_of(before), said_of(after)
    found: list[AnswerChange] = []
    for index, shown in enumerate(turns):
        empty = TurnAnswer(turn_id=shown.turn_id)
        pair = old.get(shown.turn_id, empty), new.get(shown.turn_id, empty)
        for change in _turn_changes(settings, shown, *pair):
            label = _("Turn {turn}: {what}").format(turn=index + 1, what=change.label)
            path = join("turns", index, change.path)
            found.append(AnswerChange(path, label, change.before, change.after, change.segments))
    found += value_change("end", _("The conversation ends with"), _end(turns, before), _end(turns, after))
    ratings = (str(before.rating or ""), str(after.rating or ""))
    found += value_change("rating", _("Conversation, rating"), *ratings)
    tags = settings.whole.tags
    found += value_change("tags", _("Conversation, tags"), _tag_names(tags, before.tags), _tag_names(tags, after.tags))
    found += text_change("comment", _("Conversation, comment"), before.comment, after.comment)
    return found


def _turn_changes(
    settings: Settings, shown: TurnShown, before: TurnAnswer, after: TurnAnswer
) -> Iterator[AnswerChange]:
    tags = settings.each.tags
    for place, response in enumerate(shown.responses, 1):
        key = response.id
        yield from value_change(
            f"ratings.{key}",
            _("Response {number}, rating").format(number=place),
            str(before.ratings.get(key, "")),
            str(after.ratings.get(key, "")),
        )
        yield from value_change(
            f"tags.{key}",
            _("Response {number}, tags").format(number=place),
            _tag_names(tags, before.tags.get(key, ())),
            _tag_names(tags, after.tags.get(key, ())),
        )
        yield from text_change(
            f"comments.{key}",
            _("Response {number}, comment").format(number=place),
            before.comments.get(key, ""),
            after.comments.get(key, ""),
        )
    chosen = (_name_of(shown, before.chosen), _name_of(shown, after.chosen))
    yield from value_change("chosen", _("Best response"), *chosen)
    yield from text_change("ideal", _("Response written instead"), before.ideal_text or "", after.ideal_text or "")


def _tag_names(tags: Sequence[Tag], keys: Sequence[str]) -> str:
    """The labels in the order of the taxonomy, so that ticking in another order is no change."""
    language = current_language()
    known = [label_in(tag.label, language) for tag in tags if tag.key in keys]
    return ", ".join([*known, *sorted(set(keys) - {tag.key for tag in tags})])


def _name_of(shown: TurnShown, key: str | None) -> str:
    if key is None:
        return ""
    if key == IDEAL:
        return str(_("What was written instead"))
    for place, response in enumerate(shown.responses, 1):
        if response.id == key:
            return str(_("Response {number}").format(number=place))
    return key


def _end(turns: Sequence[TurnShown], answer: Answer) -> str:
    if answer.end == START:
        return ""
    for number, turn in enumerate(turns, 1):
        if turn.turn_id == (answer.end or turns[-1].turn_id):
            return str(_("Turn {turn}").format(turn=number))
    return ""
