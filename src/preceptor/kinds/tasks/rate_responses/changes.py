"""What is different between two answers, in the words of the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.changes import AnswerChange, text_change, value_change
from preceptor.kinds.fields.ranking.field import ranking_from
from preceptor.kinds.findings import join
from preceptor.kinds.labels import label_in
from preceptor.kinds.shown import IDEAL, TurnShown
from preceptor.kinds.tasks.rate_responses.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.rate_responses.settings import Settings
from preceptor.kinds.tasks.rate_responses.validation import judged
from preceptor.lib.i18n import _, current_language


def answer_changes(settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer) -> list[AnswerChange]:
    """Every difference, turn by turn, in the order in which the form asks. Responses are called by their place."""
    old = {said.turn_id: said for said in before.turns}
    new = {said.turn_id: said for said in after.turns}
    found: list[AnswerChange] = []
    for index, shown in enumerate(turns):
        empty = TurnAnswer(turn_id=shown.turn_id)
        pair = old.get(shown.turn_id, empty), new.get(shown.turn_id, empty)
        for change in _turn_changes(settings, shown, *pair):
            label = change.label
            if len(turns) > 1:
                label = _("Turn {turn}: {what}").format(turn=index + 1, what=label)
            path = join("turns", index, change.path)
            found.append(AnswerChange(path, label, change.before, change.after, change.segments))
    return found


def _turn_changes(
    settings: Settings, shown: TurnShown, before: TurnAnswer, after: TurnAnswer
) -> Iterator[AnswerChange]:
    for place, response in enumerate(shown.responses, 1):
        key = response.id
        yield from value_change(
            f"ratings.{key}",
            _("Response {number}, rating").format(number=place),
            str(before.ratings.get(key, "")),
            str(after.ratings.get(key, "")),
        )
        yield from value_change(
            f"errors.{key}",
            _("Response {number}, errors").format(number=place),
            _error_names(settings, before.errors.get(key, ())),
            _error_names(settings, after.errors.get(key, ())),
        )
        yield from text_change(
            f"comments.{key}",
            _("Response {number}, comment").format(number=place),
            before.comments.get(key, ""),
            after.comments.get(key, ""),
        )
    if before.ranking is not None or after.ranking is not None:  # else it only follows the ratings
        yield from value_change("ranking", _("Ranking"), _ranking(shown, before), _ranking(shown, after))
    yield from value_change("all_bad", _("All are bad"), _yes_or_no(before.all_bad), _yes_or_no(after.all_bad))
    yield from text_change("ideal", _("Ideal response"), before.ideal_text or "", after.ideal_text or "")
    yield from value_change(
        "continue_from",
        _("The next turn goes on from"),
        _name_of(shown, before.continue_from),
        _name_of(shown, after.continue_from),
    )


def _error_names(settings: Settings, keys: Sequence[str]) -> str:
    """The labels in the order of the taxonomy, so that ticking in another order is no change."""
    language = current_language()
    known = [label_in(tag.label, language) for tag in settings.errors if tag.key in keys]
    return ", ".join([*known, *sorted(set(keys) - {tag.key for tag in settings.errors})])


def _ranking(shown: TurnShown, said: TurnAnswer) -> str:
    """Such as `2 › 1 = 3`: places of the responses, best first, ties joined."""
    places = {response.id: str(place) for place, response in enumerate(shown.responses, 1)}
    ids = [response.id for response in judged(shown, said)]
    groups = said.ranking if said.ranking is not None else ranking_from({key: said.ratings[key] for key in ids})
    return " › ".join(" = ".join(sorted(places.get(key, key) for key in group)) for group in groups)


def _yes_or_no(value: bool) -> str:  # noqa: FBT001 (it is the value that is told)
    return str(_("yes") if value else _("no"))


def _name_of(shown: TurnShown, key: str | None) -> str:
    if key is None:
        return ""
    if key == IDEAL:
        return str(_("Ideal response"))
    for place, response in enumerate(shown.responses, 1):
        if response.id == key:
            return str(_("Response {number}").format(number=place))
    return key
