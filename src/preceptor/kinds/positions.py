"""How the responses of a turn are asked for: what is checked of a form's list, and what a shorter list stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from preceptor.kinds.findings import below, join
from preceptor.kinds.reading import text_problems
from preceptor.kinds.shown import Position
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

MOST_TOKENS = 32_768
MOST_SEED = 2**31 - 1
HOTTEST = 2.0
LONGEST_SLUG = 100

DEFAULT_POSITION = Position(temperature=0.9, top_p=0.95, max_tokens=512)


def position_problems(positions: Sequence[Position], *, responses: int, path: str = "positions") -> list[FieldProblem]:
    """Why positions cannot be used to ask for so many responses."""
    found: list[FieldProblem] = []
    if not positions:
        found.append(FieldProblem(path, _("Say how at least one response is asked for.")))
    if len(positions) > max(1, responses):
        found.append(FieldProblem(path, _("There are more entries here than responses in a turn.")))
    for index, position in enumerate(positions):
        found += below(join(path, index), _problems_of(position))
    return found


def _problems_of(position: Position) -> Iterator[FieldProblem]:
    if position.model is not None and not 0 < len(position.model.strip()) <= LONGEST_SLUG:
        yield FieldProblem("model", _("Choose a language model."))
    if position.system_prompt is not None:
        if not position.system_prompt.strip():
            yield FieldProblem("system_prompt", _("Write a system prompt, or leave it out."))
        yield from below("system_prompt", text_problems(position.system_prompt))
    if position.temperature is not None and not 0 <= position.temperature <= HOTTEST:
        yield FieldProblem("temperature", _between(0, int(HOTTEST)))
    if position.top_p is not None and not 0 < position.top_p <= 1:
        yield FieldProblem("top_p", _("Give a number above 0, up to 1."))
    if position.max_tokens is not None and not 1 <= position.max_tokens <= MOST_TOKENS:
        yield FieldProblem("max_tokens", _between(1, MOST_TOKENS))
    if position.seed is not None and not 0 <= position.seed <= MOST_SEED:
        yield FieldProblem("seed", _between(0, MOST_SEED))


def _between(least: int, most: int) -> LazyText:
    return _("Give a number from {least} to {most}.").format(least=least, most=most)


def spread(positions: Sequence[Position], *, responses: int) -> tuple[Position, ...]:
    """One position per response: the list is gone through again where it is shorter.

    A fixed seed grows by one each time round, or the same model would give the same answer twice.
    """
    given = positions or (DEFAULT_POSITION,)
    found = []
    for index in range(responses):
        round_, place = divmod(index, len(given))
        position = given[place]
        if position.seed is not None and round_:
            position = msgspec.structs.replace(position, seed=(position.seed + round_) % (MOST_SEED + 1))
        found.append(position)
    return tuple(found)
