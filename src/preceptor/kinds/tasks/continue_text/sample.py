from __future__ import annotations

from typing import Any

from preceptor.kinds.content import GivenResponse, Sampling
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.task import Sample
from preceptor.kinds.tasks.continue_text.answer import Answer
from preceptor.kinds.tasks.continue_text.item import ItemContent
from preceptor.kinds.tasks.continue_text.settings import INSTRUCTION, Settings

_TEXT = (
    "The ferry left the harbour an hour late. Nobody on deck complained: the sea was as flat as a table, and the cook "
    "had just opened the hatch of the galley. Then the engine"
)
_STOPPED = " stopped, and the captain went below to see what had happened."
_DULL = "The engine of the ferry was a two-stroke diesel engine with 4,000 horsepower."
_REAL = " coughed twice and fell silent, and in the quiet they heard the gulls for the first time."


def make_sample() -> Sample[Settings, ItemContent, Answer]:
    """A ferry whose engine does something; one real continuation among candidates of models."""
    row: dict[str, Any] = {
        "text": _TEXT,
        "candidates": [{"text": _REAL, "model": "the author"}],
        "source": {"chapter": 3},
    }
    sampling = Sampling(temperature=0.9, top_p=0.95, max_tokens=120, seed=11)
    shown = (
        ResponseShown(id="c2", text=_STOPPED, model="sample", sampling=sampling, system_prompt=INSTRUCTION),
        ResponseShown(id="c1", text=_REAL, model="the author"),
        ResponseShown(id="c3", text=_DULL, model="sample", sampling=sampling, system_prompt=INSTRUCTION),
        ResponseShown(id="c4", text="", state="failed", model="sample", sampling=sampling, system_prompt=INSTRUCTION),
    )
    return Sample(
        settings=Settings(way="both", min_words=3),
        row=row,
        item=ItemContent(text=_TEXT, candidates=(GivenResponse(_REAL, "the author"),), source={"chapter": 3}),
        turns=(TurnShown("t1", _TEXT, shown),),
        answer=Answer(chosen="c1", written=" died, and with it the only sound they had stopped hearing."),
        changed_answer=Answer(none_fits=True, written=" roared. Somebody laughed and held on to the rail."),
    )
