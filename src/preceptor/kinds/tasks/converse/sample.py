from __future__ import annotations

from typing import Any

import msgspec

from preceptor.kinds.content import Sampling
from preceptor.kinds.shown import Parent, ResponseShown, TurnShown
from preceptor.kinds.task import Sample
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.converse.item import ItemContent
from preceptor.kinds.tasks.converse.settings import Settings

_STEPS = ("Ask for a recipe.", "Say that you have no oven.", "Ask for half the amount.")
_PROMPTS = (
    "What could I bake with three ripe bananas?",
    "I have just remembered that my oven is broken. What now?",
    "Can you give me a version without an oven, in metric units?",
)
_TEXTS = (
    ("Banana bread. Mash the bananas, stir in 100 g of melted butter …", "You could bake a cake with them."),
    ("Then make banana pancakes in a pan: mash two bananas with two eggs.", "Bake it at 180 °C for an hour."),
    ("Mash the bananas with 60 g of oats and fry small cakes in a pan.", "Sorry, I cannot help with ovens."),
)
_SAMPLING = Sampling(temperature=0.9, top_p=0.95, max_tokens=512, seed=7)


def _turns() -> tuple[TurnShown, ...]:
    """The third turn goes back: it goes on from the first, beside the second."""
    responses = [
        tuple(
            ResponseShown(id=f"{turn}{letter}", text=text, model="sample", sampling=_SAMPLING, finish_reason="stop")
            for letter, text in zip("ab", texts, strict=True)
        )
        for turn, texts in enumerate(_TEXTS, 1)
    ]
    chosen, text = "1a", _TEXTS[0][0]
    link = Parent("t1", chosen, text)
    return (
        TurnShown("t1", _PROMPTS[0], responses[0], continue_from=chosen, continued_with=text),
        TurnShown("t2", _PROMPTS[1], responses[1], parent=link),
        TurnShown("t3", _PROMPTS[2], responses[2], parent=link),
    )


def _answer() -> Answer:
    return Answer(
        turns=(
            TurnAnswer(turn_id="t1", ratings={"1a": 6, "1b": 3}, comments={"1b": "This names no recipe."}),
            TurnAnswer(turn_id="t2", ratings={"2a": 7, "2b": 1}, tags={"2b": ("forgot_earlier_turns",)}),
            TurnAnswer(
                turn_id="t3",
                ratings={"3a": 5, "3b": 2},
                tags={"3b": ("needless_refusal",)},
                chosen="3a",
                ideal="Mash the bananas with 60 g of oats and an egg, and fry small cakes for two minutes a side.",
                ideal_start="3a",
            ),
        ),
        end="t2",
        rating=6,
        tags=("goal_reached",),
        comment="It noticed at once that the oven was gone.",
    )


def _changed() -> Answer:
    first, second, third = _answer().turns
    return Answer(
        turns=(
            msgspec.structs.replace(first, ratings={"1a": 5, "1b": 5}, tags={"1a": ("repetition",)}, comments={}),
            msgspec.structs.replace(second, ratings={"2a": 2, "2b": 1}, tags={"2a": ("harmful",)}),
            msgspec.structs.replace(third, ratings={"3a": 2, "3b": 6}, tags={}, chosen="3b", ideal=None),
        ),
        end="t3",
        rating=2,
        tags=("lost_the_thread",),
    )


def make_sample() -> Sample[Settings, ItemContent, Answer]:
    """A conversation of two turns, with a second branch of which the last turn was improved by hand."""
    row: dict[str, Any] = {"steps": list(_STEPS), "prompt": _PROMPTS[0], "level": 2, "source": {"set": "kitchen"}}
    return Sample(
        settings=Settings(responses=2),
        row=row,
        item=ItemContent(steps=_STEPS, prompt=_PROMPTS[0], level=2, source={"set": "kitchen"}),
        turns=_turns(),
        answer=_answer(),
        changed_answer=_changed(),
    )
