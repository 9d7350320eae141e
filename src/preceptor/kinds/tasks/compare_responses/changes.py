"""What is different between two answers, in the words of the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.changes import AnswerChange, text_change, value_change
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.tasks.compare_responses.answer import Answer
from preceptor.lib.i18n import _


def answer_changes(turns: Sequence[TurnShown], before: Answer, after: Answer) -> Iterator[AnswerChange]:
    """Order, strength, "all are bad" and the reason. Responses are called by their place."""
    places = {response.id: place for turn in turns[:1] for place, response in enumerate(turn.responses, 1)}
    yield from value_change("ranking", _("Order"), _order(before, places), _order(after, places))
    yield from value_change("strength", _("How much better"), _step(before), _step(after))
    yield from value_change("all_bad", _("All are bad"), _yes_or_no(before), _yes_or_no(after))
    yield from text_change("rationale", _("Reason"), before.rationale, after.rationale)


def _order(answer: Answer, places: dict[str, int]) -> str:
    """Such as `2 › 1 = 3`: places of the responses, best first, ties joined."""
    groups = (sorted(str(places.get(key, key)) for key in group) for group in answer.ranking)
    return " › ".join(" = ".join(group) for group in groups)


def _step(answer: Answer) -> str:
    return "" if answer.strength is None else str(answer.strength)


def _yes_or_no(answer: Answer) -> str:
    return str(_("yes") if answer.all_bad else _("no"))
