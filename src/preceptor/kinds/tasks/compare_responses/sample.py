from __future__ import annotations

from typing import Any

from preceptor.kinds.content import GivenResponse, Message, Sampling
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.task import Sample
from preceptor.kinds.tasks.compare_responses.answer import Answer
from preceptor.kinds.tasks.compare_responses.item import ItemContent
from preceptor.kinds.tasks.compare_responses.settings import Settings

_BEFORE = (("user", "I keep forgetting to water my plants."), ("assistant", "Which plants do you have?"))
_PROMPT = "A fern and two cacti. How often does each need water?"
_EXACT = (
    "The fern wants soil that is always a little moist: **every two or three days**, more often in summer. The cacti "
    "store water, so **every three weeks** is plenty, and once a month in winter."
)
_VAGUE = "Plants need water regularly. Water them when they are dry and they will be happy!"
_SHORT = (
    "- Fern: twice a week\n- Cacti: every three weeks\n\nPut a reminder into your phone, and feel the soil with a "
    "finger before you pour."
)
_RESPONSES = (("north-2", _EXACT), ("north-1", _VAGUE), ("south-1", _SHORT))


def make_sample() -> Sample[Settings, ItemContent, Answer]:
    """Three responses about house plants after a first exchange."""
    row: dict[str, Any] = {
        "prompt": _PROMPT,
        "messages": [{"role": role, "content": content} for role, content in _BEFORE],
        "responses": [{"text": text, "model": model, "sampling": {"temperature": 0.7}} for model, text in _RESPONSES],
        "source": {"season": "all year"},
    }
    sampling = Sampling(temperature=0.7)
    shown = tuple(
        ResponseShown(id=f"r{number}", text=text, model=model, sampling=sampling)
        for number, (model, text) in enumerate(_RESPONSES, 1)
    )
    return Sample(
        settings=Settings(),
        row=row,
        item=ItemContent(
            prompt=_PROMPT,
            messages=(Message("user", _BEFORE[0][1]), Message("assistant", _BEFORE[1][1])),
            responses=tuple(GivenResponse(text, model, sampling) for model, text in _RESPONSES),
            source={"season": "all year"},
        ),
        turns=(TurnShown("t1", _PROMPT, shown),),
        answer=Answer(
            ranking=(("r1", "r3"), ("r2",)),
            strength=3,
            rationale="Both give figures for each plant; the second one tells nothing.",
        ),
        changed_answer=Answer(ranking=(("r2",), ("r3",), ("r1",)), strength=1, all_bad=True, rationale="Too bold."),
    )
