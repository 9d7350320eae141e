"""Answers that people gave elsewhere, as an imported record holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from preceptor.kinds.fields.boolean.field import FIELD as BOOLEAN
from preceptor.kinds.given import FieldValue, GivenAnswer, LabelledSteps, Record, RecordAnswer
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.tasks.custom_form.answer import ITEM, STEP, Answer
from preceptor.kinds.tasks.custom_form.asking import STEPS, Asked, asked_in
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import Settings
from preceptor.kinds.tasks.custom_form.turns import turn_texts

LONGEST_NUMBER = 9
"""Digits of the number of a step; longer ones are none."""


class _Here(msgspec.Struct, frozen=True):
    """What things of a record are called in the item that was made of it.

    Attributes:
        ids: of responses, by those they had.
        turns: numbers of turns, by the keys of the texts in them.
    """

    ids: Mapping[str, str]
    turns: Mapping[str, str]

    def target(self, one: Asked, on: str) -> str:
        """What a value is about; empty where there is no such thing."""
        match one.form.scope:
            case "item":
                return ITEM
            case "turn":
                return self.turns.get(on, on if on in self.turns.values() else "")
            case "step":
                number = on.removeprefix(STEP)
                if on.startswith(STEPS):
                    number = on.removeprefix(STEPS)
                    return f"{STEP}{int(number) + 1}" if _is_number(number) else ""
                return on if number != on and _is_number(number) else ""
        return self.ids.get(on, "")

    def known(self, value: FieldValue) -> FieldValue:
        """The value with the ids that responses have here, wherever they stand."""
        on = self.ids.get(value.on, value.on)
        return msgspec.structs.replace(value, value=self._with_ids(value.value), on=on)

    def _with_ids(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.ids.get(value, value)
        if isinstance(value, dict):
            return {self.ids.get(name, name): self._with_ids(inner) for name, inner in value.items()}
        return [self._with_ids(inner) for inner in value] if isinstance(value, list) else value


def _is_number(text: str) -> bool:
    return len(text) <= LONGEST_NUMBER and text.isascii() and text.isdigit()


def answers_in(
    settings: Settings, item: ItemContent, record: Record, turns: Sequence[TurnShown]
) -> list[GivenAnswer[Answer]]:
    """What people elsewhere said about a record, question by question; what is not asked here stays in `source`.

    Args:
        settings: the form.
        item: made of the record.
        record: with the answers.
        turns: the item's given turn, whose responses are those of the record, in their order, under ids of their own.
    """
    # Without the picture, what was drawn on it is not understood, and stays as it came.
    can_be_told = (one for one in asked_in(settings) if one.field.needs != "pictures" or item.picture is not None)
    asked = {one.form.key: one for one in can_be_told}
    before = record.data.get("responses")
    told = [one.get("id") for one in before if isinstance(one, dict)] if isinstance(before, list) else []
    shown = [response.id for turn in turns for response in turn.responses]
    here = _Here(
        ids={one: other for one, other in zip(told, shown, strict=False) if isinstance(one, str)},
        turns={key: str(number) for number, turn in enumerate(turn_texts(item, turns), 1) for key in turn.keys},
    )
    return [GivenAnswer(said.worker, _answer(asked, said, here)) for said in record.answers]


def judged_steps_in(settings: Settings, content: LabelledSteps) -> list[GivenAnswer[Answer]]:
    """What somebody elsewhere called right and wrong, as answers to the first yes or no asked of each step."""
    asked = (one for one in settings.fields if one.scope == "step" and one.field == BOOLEAN.key)
    first = next(asked, None)
    if first is None or not content.right:
        return []
    said = {f"{STEP}{number}": right for number, right in enumerate(content.right, 1)}
    return [GivenAnswer(content.worker, Answer(values={first.key: said}))]


def _answer(asked: dict[str, Asked], said: RecordAnswer, here: _Here) -> Answer:
    values: dict[str, dict[str, Any]] = {}
    by_place: dict[tuple[str, str], list[FieldValue]] = defaultdict(list)
    for value in said.values:
        one = asked.get(value.field)
        by_place[value.field, ITEM if one is None else here.target(one, value.on)].append(value)
    rest: list[FieldValue] = []
    for (key, target), given in by_place.items():
        one = asked.get(key)
        known = [here.known(value) for value in given]
        plain = one.field.read(one.settings, known) if one is not None and target else None
        if plain is None or one is None or not _is_right(one, plain):
            rest += given
        else:
            values.setdefault(key, {})[target] = plain
    source = said.source | ({"other_values": msgspec.to_builtins(rest)} if rest else {})
    return Answer(values=values, source=source)


def _is_right(one: Asked, plain: Any) -> bool:
    try:
        msgspec.convert(plain, one.field.value_type)
    except msgspec.ValidationError:
        return False
    return True
