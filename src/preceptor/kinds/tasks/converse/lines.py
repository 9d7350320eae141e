"""Which line of the tree counts, and what was chosen in each of its turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from preceptor.kinds.fields.ranking.field import Groups, ranking_from
from preceptor.kinds.live import usable
from preceptor.kinds.shown import IDEAL, START, TurnShown, path_to
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer


def final_line(turns: Sequence[TurnShown], answer: Answer) -> list[TurnShown]:
    """The conversation that is handed in, from its beginning; empty where it has none.

    Raises:
        LookupError: the answer names a turn that is none of `turns`.
    """
    if answer.end == START or not turns:
        return []
    return path_to(turns, answer.end or turns[-1].turn_id)


def said_of(answer: Answer) -> Mapping[str, TurnAnswer]:
    """What was said, by turn."""
    return {said.turn_id: said for said in answer.turns}


def choice_in(shown: TurnShown, said: TurnAnswer) -> str | None:
    """The response preferred in a turn, or `IDEAL`; None where nobody can tell.

    What the next turn went on from; else what the person chose, or wrote; else the only response there is, or the one
    that was rated above all others.
    """
    if shown.continue_from is not None:
        return shown.continue_from
    if said.chosen is not None:
        return said.chosen
    if said.ideal_text:
        return IDEAL
    arrived = [response.id for response in shown.responses if usable(response)]
    if len(arrived) == 1:
        return arrived[0]
    best = ranking_from({key: said.ratings[key] for key in arrived if key in said.ratings})[:1]
    return best[0][0] if best and len(best[0]) == 1 and len(said.ratings) >= len(arrived) else None


def ranking_in(shown: TurnShown, said: TurnAnswer) -> Groups:
    """The order of a turn's responses, best first: by rating where there is one, and the chosen one before its equals.

    Without ratings the chosen response comes before all others; empty where neither says anything.
    """
    arrived = [response.id for response in shown.responses if usable(response)]
    chosen = choice_in(shown, said)
    if said.ratings:
        groups = ranking_from({key: said.ratings[key] for key in arrived if key in said.ratings})
    elif chosen in arrived and len(arrived) > 1:
        groups = (tuple(arrived),)
    else:
        return ()
    found: list[tuple[str, ...]] = []
    for group in groups:
        if chosen in group and len(group) > 1:
            found += [(chosen,), tuple(key for key in group if key != chosen)]
        else:
            found.append(group)
    return tuple(found)
