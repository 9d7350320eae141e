"""What an accepted answer gives to releases, and how far several answers agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from preceptor.kinds.agreement import Measure
from preceptor.kinds.content import (
    Candidate,
    Content,
    Demonstration,
    JudgedResponses,
    Message,
    Preference,
    Provenance,
)
from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import Groups, RankingSettings, ranking_from, ranks_in, strict_pairs
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import TagsSettings
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.shown import IDEAL, ResponseShown, TurnShown
from preceptor.kinds.tasks.rate_responses.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.rate_responses.item import ItemContent
from preceptor.kinds.tasks.rate_responses.settings import Settings
from preceptor.kinds.tasks.rate_responses.validation import judged


def rows_of(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer, provenance: Provenance
) -> list[Content]:
    """Per turn the judged responses, where any arrived, and the demonstration, where one was written."""
    found: list[Content] = []
    context = list(item.messages)
    for number, (shown, said) in enumerate(zip(turns, answer.turns, strict=True), 1):
        candidates = _candidates(shown, said)
        prompt = (*_system(item, candidates), *context, Message(role="user", content=shown.prompt))
        if candidates:
            found.append(
                JudgedResponses(
                    prompt=prompt,
                    candidates=candidates,
                    provenance=provenance,
                    scale=settings.scale.points,
                    all_bad=said.all_bad,
                    ideal=said.ideal_text,
                    ideal_start=said.ideal_start if said.ideal_text else None,
                    preferences=() if said.all_bad else _preferences(candidates, said),
                    ideal_preferences=_ideal_preferences(settings, candidates, said.ideal_text),
                    turn=number,
                    turns=len(turns),
                )
            )
        if said.ideal_text:
            start = next((response for response in shown.responses if response.id == said.ideal_start), None)
            found.append(
                Demonstration(
                    prompt=prompt,
                    completion=said.ideal_text,
                    provenance=provenance,
                    started_from=start.id if start else None,
                    started_model=start.model if start else None,
                    turn=number,
                    turns=len(turns),
                )
            )
        if number < len(turns):
            context.append(Message(role="user", content=shown.prompt))
            context.append(Message(role="assistant", content=_continuation(shown, said)))
    return found


def agreement_of(settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
    """Agreement on the responses that several people judged; later turns are each person's own and take no part."""
    ratings: dict[str, list[int]] = defaultdict(list)
    errors: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    rankings: dict[frozenset[str], list[Groups]] = defaultdict(list)
    ideals: dict[frozenset[str], list[str]] = defaultdict(list)
    for turn in (turn for given in answers for answer in given for turn in answer.turns):
        for key, rating in turn.ratings.items():
            ratings[key].append(rating)
            errors[key].append(turn.errors.get(key, ()))
        about = frozenset(turn.ratings)
        rankings[about].append(ranking_of(turn, turn.ratings))
        if turn.ideal_text:
            ideals[about].append(turn.ideal_text)
    return (
        RATING.agreement(settings.scale, list(ratings.values())),
        RANKING.agreement(RankingSettings(), list(rankings.values())),
        TAGS.agreement(TagsSettings(tags=settings.errors), list(errors.values())),
        TEXT.agreement(TextSettings(), list(ideals.values())),
    )


def ranking_of(said: TurnAnswer, ratings: dict[str, int]) -> Groups:
    """The corrected ranking, or the one that `ratings` imply."""
    return said.ranking if said.ranking is not None else ranking_from(ratings)


def _ratings(shown: TurnShown, said: TurnAnswer) -> dict[str, int]:
    return {response.id: said.ratings[response.id] for response in judged(shown, said)}


def _candidates(shown: TurnShown, said: TurnAnswer) -> tuple[Candidate, ...]:
    ranks = ranks_in(ranking_of(said, _ratings(shown, said)))
    return tuple(_candidate(response, said, ranks) for response in judged(shown, said))


def _candidate(response: ResponseShown, said: TurnAnswer, ranks: dict[str, int]) -> Candidate:
    return Candidate(
        response_id=response.id,
        text=response.text,
        model=response.model,
        sampling=response.sampling,
        system_prompt=response.system_prompt,
        state=response.state,
        finish_reason=response.finish_reason,
        rating=said.ratings[response.id],
        errors=said.errors.get(response.id, ()),
        comment=said.comments.get(response.id, ""),
        rank=ranks.get(response.id),
    )


def _system(item: ItemContent, candidates: Sequence[Candidate]) -> tuple[Message, ...]:
    """The form's system message where every candidate was asked under the same one, and the item has none itself."""
    prompts = {candidate.system_prompt for candidate in candidates}
    shared = prompts.pop() if len(prompts) == 1 else None
    if not shared or item.has_system_message:
        return ()
    return (Message(role="system", content=shared),)


def _preferences(candidates: Sequence[Candidate], said: TurnAnswer) -> tuple[Preference, ...]:
    by_id = {candidate.response_id: candidate for candidate in candidates}
    ratings = {key: said.ratings[key] for key in by_id}
    return tuple(
        Preference(
            chosen=by_id[pair.better].text,
            rejected=by_id[pair.worse].text,
            chosen_id=pair.better,
            rejected_id=pair.worse,
            margin=pair.margin,
        )
        for pair in strict_pairs(ranking_of(said, ratings), ratings=ratings)
    )


def _ideal_preferences(
    settings: Settings, candidates: Sequence[Candidate], ideal: str | None
) -> tuple[Preference, ...]:
    """The ideal over every response of another text; its margin counts the ideal as the scale's highest step."""
    if ideal is None:
        return ()
    return tuple(
        Preference(
            chosen=ideal,
            rejected=candidate.text,
            chosen_id=None,
            rejected_id=candidate.response_id,
            margin=float(settings.scale.points - (candidate.rating or 0)),
        )
        for candidate in candidates
        if candidate.text.strip() != ideal.strip()
    )


def _continuation(shown: TurnShown, said: TurnAnswer) -> str:
    """The text the next turn went on from: what is recorded, else what the answer says."""
    if shown.continued_with is not None:
        return shown.continued_with
    if said.continue_from == IDEAL:
        return said.ideal_text or ""
    return next((response.text for response in shown.responses if response.id == said.continue_from), "")
