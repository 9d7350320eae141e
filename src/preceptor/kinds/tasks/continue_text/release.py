"""What an accepted answer gives to releases, how far several answers agree, and what a correction changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured
from preceptor.kinds.changes import AnswerChange, text_change, value_change
from preceptor.kinds.content import (
    Candidate,
    Content,
    Demonstration,
    JudgedResponses,
    Message,
    Preference,
    Provenance,
)
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.tasks.continue_text.answer import Answer, candidates_of
from preceptor.kinds.tasks.continue_text.item import ItemContent
from preceptor.kinds.tasks.continue_text.settings import Settings
from preceptor.lib.i18n import _


def rows_of(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer, provenance: Provenance
) -> list[Content]:
    """The continuation as a demonstration and, where there were candidates, what was preferred over what."""
    shown = {} if settings.way == "write" else {response.id: response for response in candidates_of(turns)}
    chosen = shown.get(answer.chosen or "")
    prompt = (*_system(shown.values()), Message(role="user", content=item.text))
    found: list[Content] = []
    if shown:
        found.append(
            JudgedResponses(
                prompt=prompt,
                candidates=tuple(_candidate(response, chosen) for response in shown.values()),
                provenance=provenance,
                all_bad=answer.none_fits,
                ideal=answer.own,
                preferences=_preferences(chosen, shown.values()),
                ideal_preferences=_own_preferences(answer.own, shown.values()),
            )
        )
    if answer.own:
        found.append(Demonstration(prompt=prompt, completion=answer.own, provenance=provenance))
    elif chosen:
        found.append(
            Demonstration(
                prompt=prompt,
                completion=chosen.text,
                provenance=provenance,
                started_from=chosen.id,
                started_model=chosen.model,
            )
        )
    return found


def _system(candidates: Collection[ResponseShown]) -> tuple[Message, ...]:
    """What the candidates were asked under, where it was the same for all of them."""
    prompts = {candidate.system_prompt for candidate in candidates}
    shared = prompts.pop() if len(prompts) == 1 else None
    return (Message(role="system", content=shared),) if shared else ()


def _candidate(response: ResponseShown, chosen: ResponseShown | None) -> Candidate:
    rank = None if chosen is None else 1 if response.id == chosen.id else 2
    return Candidate(
        response_id=response.id,
        text=response.text,
        model=response.model,
        sampling=response.sampling,
        system_prompt=response.system_prompt,
        state=response.state,
        finish_reason=response.finish_reason,
        rank=rank,
    )


def _preferences(chosen: ResponseShown | None, candidates: Collection[ResponseShown]) -> tuple[Preference, ...]:
    """The chosen one over every candidate of another text."""
    if chosen is None:
        return ()
    return tuple(
        Preference(chosen=chosen.text, rejected=other.text, chosen_id=chosen.id, rejected_id=other.id, margin=1.0)
        for other in candidates
        if other.text.strip() != chosen.text.strip()
    )


def _own_preferences(own: str | None, candidates: Collection[ResponseShown]) -> tuple[Preference, ...]:
    """What the person wrote over every candidate of another text: they had seen them all."""
    if own is None:
        return ()
    return tuple(
        Preference(chosen=own, rejected=other.text, chosen_id=None, rejected_id=other.id, margin=1.0)
        for other in candidates
        if other.text.strip() != own.strip()
    )


def agreement_of(settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
    """The share of pairs of people with the same choice, and the similarity of what they wrote."""
    measures = []
    if settings.way != "write":
        choices = [[a.chosen for a in given if a.chosen is not None or a.none_fits] for given in answers]
        units, pairs = measured(choices)
        value = mean_of_pairs(choices, similarity=lambda one, other: float(one == other))
        measures.append(Measure("same_choice", _("Same choice, share of pairs of people"), value, units, pairs))
    if settings.way != "choose":
        measures.append(TEXT.agreement(settings.written, [[a.own for a in given if a.own] for given in answers]))
    return tuple(measures)


def answer_changes(turns: Sequence[TurnShown], before: Answer, after: Answer) -> Iterator[AnswerChange]:
    """The choice, by the place of the candidate, and the written text word by word."""
    places = {response.id: str(place) for place, response in enumerate(candidates_of(turns), 1)}
    yield from value_change("chosen", _("Choice"), _choice(before, places), _choice(after, places))
    yield from text_change("written", _("Written continuation"), before.written, after.written)


def _choice(answer: Answer, places: dict[str, str]) -> str:
    if answer.none_fits:
        return str(_("none fits"))
    return "" if answer.chosen is None else places.get(answer.chosen, answer.chosen)
