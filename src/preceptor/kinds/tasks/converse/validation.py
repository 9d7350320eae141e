"""Why an answer cannot be submitted. Runs while a person waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import TagsSettings
from preceptor.kinds.findings import below, join
from preceptor.kinds.live import UNFINISHED, usable
from preceptor.kinds.shown import IDEAL, TurnShown
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.converse.lines import choice_in, final_line
from preceptor.kinds.tasks.converse.settings import Asked, Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, ngettext_lazy


def answer_problems(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> list[FieldProblem]:
    """Every problem of an answer of the right form, held against what the person was really shown.

    What is asked for is asked of the conversation that is handed in; about other branches anything right may be said.
    """
    try:
        line = final_line(turns, answer)
    except LookupError:
        return [FieldProblem("end", _("There is no such turn in this conversation."))]
    problems = [*_turn_id_problems(turns, answer), *_length_problems(settings, line)]
    if problems:
        return problems
    shown = {turn.turn_id: turn for turn in turns}
    asked_at = {turn.turn_id: index for index, turn in enumerate(turns)}
    said_at = {said.turn_id: index for index, said in enumerate(answer.turns)}
    for index, said in enumerate(answer.turns):
        problems += below(join("turns", index), _said_problems(settings, shown[said.turn_id], said))
    for turn in line:
        # A turn that was left out stands where it would if none had been.
        index = said_at.get(turn.turn_id, asked_at[turn.turn_id])
        said = answer.turns[index] if turn.turn_id in said_at else TurnAnswer(turn_id=turn.turn_id)
        problems += below(join("turns", index), _missing_in(settings, turn, said))
    problems += _whole_problems(settings.whole, answer)
    return problems


def _turn_id_problems(turns: Sequence[TurnShown], answer: Answer) -> Iterator[FieldProblem]:
    known = {turn.turn_id for turn in turns}
    seen = set[str]()
    for index, said in enumerate(answer.turns):
        if said.turn_id not in known:
            yield FieldProblem(f"turns.{index}.turn_id", _("There is no such turn in this conversation."))
        elif said.turn_id in seen:
            yield FieldProblem(f"turns.{index}.turn_id", _("This turn is answered twice."))
        seen.add(said.turn_id)


def _length_problems(settings: Settings, line: Sequence[TurnShown]) -> Iterator[FieldProblem]:
    if len(line) < settings.min_turns:
        message = ngettext_lazy(
            "This conversation needs at least {count} turn.",
            "This conversation needs at least {count} turns.",
            settings.min_turns,
        )
        yield FieldProblem("end", message)


def _said_problems(settings: Settings, shown: TurnShown, said: TurnAnswer) -> Iterator[FieldProblem]:
    """What is wrong with what is there."""
    known = {response.id for response in shown.responses}
    for name, given in (("ratings", said.ratings), ("tags", said.tags), ("comments", said.comments)):
        for key in given.keys() - known:
            yield FieldProblem(f"{name}.{key}", _("There is no such response in this turn."))
    for name, named in (("chosen", said.chosen), ("ideal_start", said.ideal_start)):
        if named is not None and named not in known and (name, named) != ("chosen", IDEAL):
            yield FieldProblem(name, _("There is no such response in this turn."))
    each = settings.each
    for key, rating in said.ratings.items():
        yield from below(f"ratings.{key}", _rating_problems(each, rating))
    for key, tags in said.tags.items():
        yield from below(f"tags.{key}", TAGS.validate(TagsSettings(tags=each.tags), tags))
    for key, comment in said.comments.items():
        if each.comment == "off" and comment.strip():
            yield FieldProblem(f"comments.{key}", _("Comments are not asked for here."))
    if settings.ideal == "off" and said.ideal_text:
        yield FieldProblem("ideal", _("A response of one’s own is not asked for here."))


def _rating_problems(asked: Asked, rating: int) -> list[FieldProblem]:
    if asked.rating == "off":
        return [FieldProblem("", _("A rating is not asked for here."))]
    return RATING.validate(asked.scale, rating)


def _missing_in(settings: Settings, shown: TurnShown, said: TurnAnswer) -> Iterator[FieldProblem]:
    """What a turn of the final line still lacks."""
    for response in shown.responses:
        if response.state in UNFINISHED:
            message = _("This response is still being written. Wait for it, or stop it.")
            yield FieldProblem(f"ratings.{response.id}", message)
        elif usable(response):
            if settings.each.rating == "required" and response.id not in said.ratings:
                yield FieldProblem(f"ratings.{response.id}", _("Rate this response."))
            if settings.each.comment == "required" and not said.comments.get(response.id, "").strip():
                yield FieldProblem(f"comments.{response.id}", _("Write a comment on this response."))
    chosen = choice_in(shown, said)
    if chosen == IDEAL and not said.ideal_text:
        yield FieldProblem("ideal", _("Write the response that the conversation goes on from."))
    elif chosen is None and not any(response.state in UNFINISHED for response in shown.responses):
        if any(usable(response) for response in shown.responses):
            yield FieldProblem("chosen", _("Say which response is the best."))
        else:
            message = _("No response arrived in this turn. Ask again, or go on from an earlier turn.")
            yield FieldProblem("chosen", message)


def _whole_problems(asked: Asked, answer: Answer) -> Iterator[FieldProblem]:
    if answer.rating is not None:
        yield from below("rating", _rating_problems(asked, answer.rating))
    elif asked.rating == "required":
        yield FieldProblem("rating", _("Rate the conversation."))
    yield from below("tags", TAGS.validate(TagsSettings(tags=asked.tags), answer.tags))
    if asked.comment == "off" and answer.comment.strip():
        yield FieldProblem("comment", _("Comments are not asked for here."))
    elif asked.comment == "required" and not answer.comment.strip():
        yield FieldProblem("comment", _("Write a comment on the conversation."))
