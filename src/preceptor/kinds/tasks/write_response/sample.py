from __future__ import annotations

from typing import Any

from preceptor.kinds.content import Message, Reference
from preceptor.kinds.task import Sample
from preceptor.kinds.tasks.write_response.answer import Answer
from preceptor.kinds.tasks.write_response.item import ItemContent
from preceptor.kinds.tasks.write_response.settings import Settings

_BEFORE = (
    ("user", "Is it worth repairing a ten-year-old bicycle?"),
    ("assistant", "Often it is. What is wrong with it?"),
)
_PROMPT = "The chain skips on the small sprockets. What do I check first, and what will it cost?"
_RESPONSE = (
    "Check how far the chain has stretched: a chain gauge costs little, and above 0.75 % the chain is worn out.\n\n"
    "1. If only the chain is worn, a new one solves it.\n"
    "2. If a new chain skips as well, the sprockets have worn along with it and need replacing too.\n\n"
    "Fitting both yourself costs about as much as a tank of petrol; a workshop takes half an hour on top."
)


def make_sample() -> Sample[Settings, ItemContent, Answer]:
    """A question about a bicycle, answered with an outline and a source."""
    row: dict[str, Any] = {
        "prompt": _PROMPT,
        "messages": [{"role": role, "content": content} for role, content in _BEFORE],
        "language": "en",
        "source": {"shelf": "bicycles"},
    }
    return Sample(
        settings=Settings(min_words=20, max_words=200, outline="optional", sources="required"),
        row=row,
        item=ItemContent(
            prompt=_PROMPT,
            messages=(Message("user", _BEFORE[0][1]), Message("assistant", _BEFORE[1][1])),
            language="en",
            source={"shelf": "bicycles"},
        ),
        turns=(),
        answer=Answer(
            response=_RESPONSE,
            outline="- measure the chain\n- chain alone, or sprockets too\n- cost",
            sources=(Reference("https://en.wikipedia.org/wiki/Bicycle_chain", "Bicycle chain"),),
        ),
        changed_answer=Answer(
            response=(
                "Start with the rear derailleur: when it is bent or out of adjustment, the chain skips on small "
                "sprockets first. Turning one screw costs nothing at all, so try that before you buy anything."
            ),
            sources=(Reference(title="The Bicycling Guide, chapter 7"),),
        ),
    )
