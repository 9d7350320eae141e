from __future__ import annotations

from typing import Any

import msgspec

from preceptor.kinds.content import Sampling
from preceptor.kinds.shown import IDEAL, ResponseShown, TurnShown
from preceptor.kinds.task import Sample
from preceptor.kinds.tasks.rate_responses.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.rate_responses.item import ItemContent
from preceptor.kinds.tasks.rate_responses.settings import Settings

_FIRST = "Why do my tires always go flat in the winter?"
_IDEAL = (
    "Cold air contracts: the same amount of air in your tires presses less hard on the walls, so the pressure falls by "
    "about 1 psi for each 10 °F (6 °C).\n\nCheck it in the morning before driving and top it up to the figure on the "
    "door frame. If one tire keeps losing more than the others, have the valve and the rim looked at."
)
_RESPONSES = (
    "Cold air is denser than warm air, so the air in your tires takes up less room and the pressure falls.",
    "Tires go flat in winter because the rubber freezes and cracks at temperatures below 0 °C.",
    "Two things come together:\n\n- the air contracts, and\n- road salt corrodes the rim.",
    "It is mostly physics: when it gets colder overnight, the presure in a closed",
)
_SECOND = "How often should I check them, then?"
_LATER = ("Once a month, and before long trips.", "Every day.", "")
_SAMPLING = Sampling(temperature=0.9, top_p=0.95, max_tokens=512, seed=7)


def _turns() -> tuple[TurnShown, ...]:
    first = tuple(
        ResponseShown(id=f"r{number}", text=text, model="sample", sampling=_SAMPLING, finish_reason="stop")
        for number, text in enumerate(_RESPONSES, 1)
    )
    stopped = msgspec.structs.replace(first[3], state="stopped", finish_reason=None)
    later = tuple(
        ResponseShown(id=f"s{number}", text=text, model="sample", sampling=_SAMPLING, state="complete")
        for number, text in enumerate(_LATER, 1)
    )
    failed = msgspec.structs.replace(later[2], state="failed")
    return (
        TurnShown("t1", _FIRST, (*first[:3], stopped), continue_from=IDEAL, continued_with=_IDEAL),
        TurnShown("t2", _SECOND, (*later[:2], failed)),
    )


def _answer() -> Answer:
    return Answer(
        turns=(
            TurnAnswer(
                turn_id="t1",
                prompt=_FIRST,
                ratings={"r1": 6, "r2": 2, "r3": 5, "r4": 2},
                errors={"r2": ("factual_inaccuracy",), "r4": ("spelling",)},
                comments={"r4": "It was heading in the right direction."},
                ranking=(("r1",), ("r3",), ("r4",), ("r2",)),
                ideal=_IDEAL,
                ideal_start="r1",
                continue_from=IDEAL,
            ),
            TurnAnswer(
                turn_id="t2",
                prompt=_SECOND,
                ratings={"s1": 7, "s2": 3},
                errors={"s2": ("unnatural_tone",)},
                ideal="Once a month, when the tires are cold, and before any long trip.",
            ),
        )
    )


def _changed() -> Answer:
    first, second = _answer().turns
    return Answer(
        turns=(
            msgspec.structs.replace(
                first,
                ratings={"r1": 3, "r2": 6, "r3": 5, "r4": 1},
                errors={"r1": ("misleading",), "r4": ("spelling", "repetition")},
                ranking=None,
                ideal="Have the valves replaced before the first frost.",
                ideal_start=None,
            ),
            msgspec.structs.replace(second, ratings={"s1": 4, "s2": 5}, errors={}, ideal="Every two weeks."),
        )
    )


def make_sample() -> Sample[Settings, ItemContent, Answer]:
    """A conversation of two turns with a stopped and a failed response and a corrected ranking."""
    row: dict[str, Any] = {"prompt": _FIRST, "follow_ups": [_SECOND], "source": {"season": "winter"}}
    return Sample(
        settings=Settings(max_turns=3),
        row=row,
        item=ItemContent(prompt=_FIRST, follow_ups=(_SECOND,), source={"season": "winter"}),
        turns=_turns(),
        answer=_answer(),
        changed_answer=_changed(),
    )
