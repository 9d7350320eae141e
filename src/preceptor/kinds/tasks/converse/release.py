"""What an accepted answer gives to releases: judgements turn by turn, what was written, and the tree as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from preceptor.kinds.content import (
    Candidate,
    Content,
    Demonstration,
    JudgedResponses,
    Message,
    Preference,
    Provenance,
)
from preceptor.kinds.fields.ranking.field import Groups, ranks_in, strict_pairs
from preceptor.kinds.live import usable
from preceptor.kinds.shown import IDEAL, TurnShown, path_to
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.converse.item import ItemContent
from preceptor.kinds.tasks.converse.lines import choice_in, final_line, ranking_in, said_of
from preceptor.kinds.tasks.converse.settings import Settings
from preceptor.kinds.tasks.converse.tree import trees_of
from preceptor.kinds.tasks.converse.turns import context


def rows_of(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer, provenance: Provenance
) -> list[Content]:
    """Per turn, whichever branch it stands in, what was said about it; then each tree of the conversation."""
    said = said_of(answer)
    final = {turn.turn_id: turn for turn in final_line(turns, answer)}
    found: list[Content] = []
    for turn in turns:
        line = path_to(turns, turn.turn_id)
        # Off the final line a turn may have been gone on from several times: the last one says what was chosen.
        shown = final.get(turn.turn_id, turn)
        about = said.get(turn.turn_id, TurnAnswer(turn_id=turn.turn_id))
        length = len(final) if turn.turn_id in final else _longest_through(turns, turn.turn_id)
        before = (*context(item, line[:-1]), Message(role="user", content=turn.prompt))
        found += _turn_rows(
            settings,
            item,
            shown,
            about,
            before=before,
            provenance=provenance,
            turn=len(line),
            turns=length,
        )
    return [*found, *trees_of(settings, item, turns, answer, provenance)]


def _longest_through(turns: Sequence[TurnShown], turn_id: str) -> int:
    """The number of turns of the longest line that leads through this one."""
    lines = ([one.turn_id for one in path_to(turns, turn.turn_id)] for turn in turns)
    return max(len(line) for line in lines if turn_id in line)


def _turn_rows(
    settings: Settings,
    item: ItemContent,
    shown: TurnShown,
    said: TurnAnswer,
    *,
    before: tuple[Message, ...],
    provenance: Provenance,
    turn: int,
    turns: int,
) -> list[Content]:
    groups = ranking_in(shown, said)
    candidates = _candidates(shown, said, groups)
    prompt = (*_system(item, shown), *before)
    found: list[Content] = []
    if candidates:
        found.append(
            JudgedResponses(
                prompt=prompt,
                candidates=candidates,
                provenance=provenance,
                scale=None if settings.each.rating == "off" else settings.each.scale.points,
                ideal=said.ideal_text,
                ideal_start=said.ideal_start if said.ideal_text else None,
                preferences=_preferences(candidates, groups, said),
                ideal_preferences=_ideal_preferences(settings, candidates, shown, said),
                turn=turn,
                turns=turns,
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
                turn=turn,
                turns=turns,
            )
        )
    return found


def _candidates(shown: TurnShown, said: TurnAnswer, groups: Groups) -> tuple[Candidate, ...]:
    """The responses about which something was said, by judging or by preferring another."""
    ranks = ranks_in(groups)
    return tuple(
        Candidate(
            response_id=response.id,
            text=response.text,
            model=response.model,
            sampling=response.sampling,
            system_prompt=response.system_prompt,
            state=response.state,
            finish_reason=response.finish_reason,
            rating=said.ratings.get(response.id),
            errors=said.tags.get(response.id, ()),
            comment=said.comments.get(response.id, ""),
            rank=ranks.get(response.id),
        )
        for response in shown.responses
        if usable(response)
        and (response.id in ranks or any(response.id in one for one in (said.ratings, said.tags, said.comments)))
    )


def _system(item: ItemContent, shown: TurnShown) -> tuple[Message, ...]:
    """The form's system message where every response was asked under the same one, and the item has none itself."""
    prompts = {response.system_prompt for response in shown.responses if usable(response)}
    shared = prompts.pop() if len(prompts) == 1 else None
    if not shared or item.has_system_message:
        return ()
    return (Message(role="system", content=shared),)


def _preferences(candidates: Sequence[Candidate], groups: Groups, said: TurnAnswer) -> tuple[Preference, ...]:
    by_id = {candidate.response_id: candidate for candidate in candidates}
    return tuple(
        Preference(
            chosen=by_id[pair.better].text,
            rejected=by_id[pair.worse].text,
            chosen_id=pair.better,
            rejected_id=pair.worse,
            margin=pair.margin,
        )
        for pair in strict_pairs(groups, ratings=said.ratings or None)
        if by_id[pair.better].text.strip() != by_id[pair.worse].text.strip()
    )


def _ideal_preferences(
    settings: Settings, candidates: Sequence[Candidate], shown: TurnShown, said: TurnAnswer
) -> tuple[Preference, ...]:
    """What was written over every response of another text, where it was preferred to them.

    Its margin counts it as the scale's highest step.
    """
    ideal = said.ideal_text
    if ideal is None or choice_in(shown, said) != IDEAL:
        return ()
    top = settings.each.scale.points
    return tuple(
        Preference(
            chosen=ideal,
            rejected=candidate.text,
            chosen_id=None,
            rejected_id=candidate.response_id,
            margin=1.0 if candidate.rating is None else float(top - candidate.rating),
        )
        for candidate in candidates
        if candidate.text.strip() != ideal.strip()
    )
