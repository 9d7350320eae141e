"""Why an answer cannot be submitted. Runs while a person waits: an answer in order passes without building messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import RankingSettings
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import TagsSettings
from preceptor.kinds.findings import below, join
from preceptor.kinds.live import UNFINISHED, usable
from preceptor.kinds.shown import IDEAL, ResponseShown, TurnShown
from preceptor.kinds.tasks.rate_responses.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.rate_responses.settings import Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, ngettext_lazy

_TIES = RankingSettings(ties=True)


def answer_problems(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> list[FieldProblem]:
    """Every problem of an answer of the right form, held against what the person was really shown."""
    problems = list(_turns_missing(settings, turns, answer))
    if problems:
        return problems
    taxonomy = TagsSettings(tags=settings.errors)
    keys = frozenset(tag.key for tag in settings.errors)
    last = len(turns) - 1
    for index, (shown, said) in enumerate(zip(turns, answer.turns, strict=True)):
        found = [
            *_unknown_ids(shown, said),
            *_rating_problems(settings, shown, said),
            *_error_problems(taxonomy, keys, said),
            *_comment_problems(settings, shown, said),
            *_ranking_problems(shown, said),
            *_ideal_problems(settings, shown, said, is_last=index == last),
            *_continuation_problems(shown, said, is_last=index == last),
        ]
        if found:
            problems += below(join("turns", index), found)
    return problems


def judged(shown: TurnShown, said: TurnAnswer) -> list[ResponseShown]:
    """The responses this answer compares: those that arrived, and were rated. In the order shown."""
    return [
        response
        for response in shown.responses
        if response.id in said.ratings and response.state in {"complete", "stopped"}
    ]


def _turns_missing(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> Iterator[FieldProblem]:
    if len(turns) < settings.min_turns:
        message = ngettext_lazy(
            "This conversation needs at least {count} turn.",
            "This conversation needs at least {count} turns.",
            settings.min_turns,
        )
        yield FieldProblem("turns", message)
    if [turn.turn_id for turn in turns] == [turn.turn_id for turn in answer.turns]:
        return
    known = {turn.turn_id for turn in turns}
    strange = [index for index, turn in enumerate(answer.turns) if turn.turn_id not in known]
    for index in strange:
        yield FieldProblem(f"turns.{index}.turn_id", _("There is no such turn in this conversation."))
    if not strange:
        yield FieldProblem("turns", _("Answer every turn of the conversation once, in order."))


def _unknown_ids(shown: TurnShown, said: TurnAnswer) -> Iterator[FieldProblem]:
    known = {response.id for response in shown.responses}
    for name, given in (("ratings", said.ratings), ("errors", said.errors), ("comments", said.comments)):
        for key in given.keys() - known:
            yield FieldProblem(f"{name}.{key}", _("There is no such response in this turn."))
    if said.ideal_start is not None and said.ideal_start not in known:
        yield FieldProblem("ideal_start", _("There is no such response in this turn."))


def _rating_problems(settings: Settings, shown: TurnShown, said: TurnAnswer) -> Iterator[FieldProblem]:
    for response in shown.responses:
        rating = said.ratings.get(response.id)
        if response.state in UNFINISHED:
            message = _("This response is still being written. Wait for it, or stop it.")
            yield FieldProblem(f"ratings.{response.id}", message)
        elif rating is not None:
            if not 1 <= rating <= settings.scale.points:
                yield from below(f"ratings.{response.id}", RATING.validate(settings.scale, rating))
        elif usable(response):
            yield FieldProblem(f"ratings.{response.id}", _("Rate this response."))


def _error_problems(taxonomy: TagsSettings, keys: frozenset[str], said: TurnAnswer) -> Iterator[FieldProblem]:
    for key, errors in said.errors.items():
        if len(errors) != len(keys.intersection(errors)):
            yield from below(f"errors.{key}", TAGS.validate(taxonomy, errors))


def _comment_problems(settings: Settings, shown: TurnShown, said: TurnAnswer) -> Iterator[FieldProblem]:
    if settings.comment == "off":
        for key, comment in said.comments.items():
            if comment.strip():
                yield FieldProblem(f"comments.{key}", _("Comments are not asked for here."))
    elif settings.comment == "required":
        for response in shown.responses:
            if usable(response) and not said.comments.get(response.id, "").strip():
                yield FieldProblem(f"comments.{response.id}", _("Write a comment on this response."))


def _ranking_problems(shown: TurnShown, said: TurnAnswer) -> Iterator[FieldProblem]:
    if said.ranking is not None:
        options = [response.id for response in judged(shown, said)]
        yield from below("ranking", RANKING.validate(_TIES, said.ranking, options=options))


def _ideal_problems(settings: Settings, shown: TurnShown, said: TurnAnswer, *, is_last: bool) -> Iterator[FieldProblem]:
    written = said.ideal_text is not None
    if settings.ideal == "off":
        if written:
            yield FieldProblem("ideal", _("An ideal response is not asked for here."))
    elif not written and (settings.ideal == "every_turn" or (settings.ideal == "last_turn" and is_last)):
        yield FieldProblem("ideal", _("Write the ideal response."))
    if not written and not any(usable(r) or r.state in UNFINISHED for r in shown.responses):
        message = _("No response arrived in this turn. Ask for them again, or skip the task.")
        yield FieldProblem("ratings", message)


def _continuation_problems(shown: TurnShown, said: TurnAnswer, *, is_last: bool) -> Iterator[FieldProblem]:
    chosen = said.continue_from
    if chosen is None:
        if not is_last:
            yield FieldProblem("continue_from", _("Say what the next turn goes on from."))
    elif chosen == IDEAL:
        if said.ideal_text is None and not is_last:
            yield FieldProblem("ideal", _("Write the response that the next turn goes on from."))
    elif chosen not in {response.id for response in shown.responses}:
        yield FieldProblem("continue_from", _("There is no such response in this turn."))
    if not is_last and chosen is not None and shown.continue_from not in {None, chosen}:
        yield FieldProblem("continue_from", _("The next turn went on from another response."))
