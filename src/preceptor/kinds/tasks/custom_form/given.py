"""Answers that people gave elsewhere, as an imported record holds them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from preceptor.kinds.given import FieldValue, GivenAnswer, Record, RecordAnswer
from preceptor.kinds.tasks.custom_form.answer import ITEM, Answer
from preceptor.kinds.tasks.custom_form.asking import Asked, asked_in
from preceptor.kinds.tasks.custom_form.settings import Settings


def answers_in(settings: Settings, record: Record) -> list[GivenAnswer[Answer]]:
    """What people elsewhere said about a record, question by question; what is not asked here stays in `source`."""
    asked = {one.form.key: one for one in asked_in(settings)}
    return [GivenAnswer(said.worker, _answer(asked, said)) for said in record.answers]


def _answer(asked: dict[str, Asked], said: RecordAnswer) -> Answer:
    values: dict[str, dict[str, Any]] = {}
    by_field: dict[str, list[FieldValue]] = defaultdict(list)
    for value in said.values:
        by_field[value.field].append(value)
    rest: list[FieldValue] = []
    for key, given in by_field.items():
        one = asked.get(key)
        plain = None if one is None else one.field.read(one.settings, given)
        if plain is None or one is None or one.form.scope != "item" or not _is_right(one, plain):
            rest += given
        else:
            values[key] = {ITEM: plain}
    source = said.source | ({"other_values": msgspec.to_builtins(rest)} if rest else {})
    return Answer(values=values, source=source)


def _is_right(one: Asked, plain: Any) -> bool:
    try:
        msgspec.convert(plain, one.field.value_type)
    except msgspec.ValidationError:
        return False
    return True
