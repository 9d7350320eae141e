"""How `preceptor smoke` judges: by fixed rules, so that two runs on the same responses say the same."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from preceptor.client.documents import Response, Turn

FEW_WORDS = 5
ENOUGH_WORDS = 60
LONG_WORD = 4
MUCH_REPETITION = 0.3
WORD = re.compile(r"\w+")
SENTENCE_ENDS = re.compile(r"[.!?…][\"”’)*]*(?=\s|$)")
OPENING = "Here is what I would say to that: "
NOTHING_GIVEN = "I cannot answer this well. Please tell me a little more about what you need."
LAST_WORD = "I hope this helps."


class Judgement(msgspec.Struct, frozen=True):
    """What the simulated trainer makes of one turn. `best`: id of the best response; None where none is usable."""

    ratings: dict[str, int]
    errors: dict[str, list[str]]
    ranking: list[list[str]] | None
    all_bad: bool
    best: str | None


def judge(turn: Turn, *, settings: Mapping[str, Any]) -> Judgement:
    """Rate, tag and rank the responses of a turn.

    Args:
        turn: all its responses have ended.
        settings: of the form: `scale.points` and the keys of `errors` are what may be said.
    """
    points = int(settings["scale"]["points"])
    keys = [error["key"] for error in settings["errors"]]
    arrived = [response for response in turn.responses if response.state in {"complete", "stopped"}]
    scores = {response.id: round(score(response.text, prompt=turn.prompt), 2) for response in arrived}
    ratings = {key: 1 + round(value * (points - 1)) for key, value in scores.items()}
    errors = {response.id: found for response in arrived if (found := _errors(response, keys))}
    for key in errors:
        ratings[key] = min(ratings[key], points - 1)
    all_bad = bool(arrived) and all(rating == 1 for rating in ratings.values())
    by_merit = sorted(arrived, key=lambda one: (ratings[one.id], scores[one.id]), reverse=True)
    groups = groupby(by_merit, key=lambda one: (ratings[one.id], scores[one.id]))
    usable = [response.id for response in by_merit if response.text.strip()]
    return Judgement(
        ratings=ratings,
        errors=errors,
        ranking=None if all_bad else [[response.id for response in group] for _merit, group in groups],
        all_bad=all_bad,
        best=usable[0] if usable else None,
    )


def score(text: str, *, prompt: str) -> float:
    """0 for nothing, towards 1 for a long text that takes up the prompt's words, repeats little and comes to an end."""
    words = _words(text)
    if not words:
        return 0.0
    asked = {word for word in _words(prompt) if len(word) >= LONG_WORD}
    overlap = len(asked.intersection(words)) / len(asked) if asked else 1.0
    ended = 1.0 if SENTENCE_ENDS.search(text.rstrip()[-3:]) else 0.0
    return 0.4 * min(len(words) / ENOUGH_WORDS, 1.0) + 0.3 * overlap + 0.2 * (1.0 - repetition(text)) + 0.1 * ended


def repetition(text: str) -> float:
    """The share of a text's groups of three words that have been there before."""
    words = _words(text)
    threes = list(zip(words, words[1:], words[2:], strict=False))
    return 1.0 - len(set(threes)) / len(threes) if threes else 0.0


def ideal_from(best: str) -> str:
    """An edited best response: cut back to its last whole sentence, without lines that were there before."""
    lines: list[str] = []
    for line in (line.rstrip() for line in best.strip().splitlines()):
        if not line or line not in lines:
            lines.append(line)
    text = "\n".join(lines).strip()
    ends = [found.end() for found in SENTENCE_ENDS.finditer(text)]
    if ends:
        text = text[: ends[-1]]
    if not text:
        return NOTHING_GIVEN
    return OPENING + text if text == best.strip() else text


def turn_answer(turn: Turn, judgement: Judgement, *, continue_from: str | None, ideal: str | None) -> dict[str, Any]:
    """The judgement of a turn as the form has it."""
    return {
        "turn_id": turn.id,
        "prompt": turn.prompt,
        "ratings": judgement.ratings,
        "errors": judgement.errors,
        "ranking": judgement.ranking,
        "all_bad": judgement.all_bad,
        "ideal": ideal,
        "ideal_start": None if ideal is None else judgement.best,
        "continue_from": continue_from,
    }


def improved(content: Mapping[str, Any]) -> dict[str, Any]:
    """An answer whose last ideal response says a little more; for corrections and rework."""
    turns: Sequence[Mapping[str, Any]] = content["turns"]
    last = {**turns[-1], "ideal": f"{(turns[-1].get('ideal') or NOTHING_GIVEN).rstrip()}\n\n{LAST_WORD}"}
    return {**content, "turns": [*turns[:-1], last]}


def _errors(response: Response, keys: Sequence[str]) -> list[str]:
    found = []
    if len(_words(response.text)) < FEW_WORDS:
        found.append("instructions_not_followed")
    if repetition(response.text) > MUCH_REPETITION:
        found.append("repetition")
    return [key for key in found if key in keys]


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]
