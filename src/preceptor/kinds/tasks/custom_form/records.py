"""A form that asks what imported records have been answered already, so that their answers find their questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from preceptor.kinds.content import Content
from preceptor.kinds.fields.boolean.field import FIELD as BOOLEAN
from preceptor.kinds.fields.boxes.field import FIELD as BOXES
from preceptor.kinds.fields.boxes.field import LONGEST_KEY as LONGEST_LABEL
from preceptor.kinds.fields.boxes.field import MOST_LABELS
from preceptor.kinds.fields.choice.field import FIELD as CHOICE
from preceptor.kinds.fields.choice.field import MOST_OPTIONS
from preceptor.kinds.fields.number.field import FIELD as NUMBER
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.rating.field import MOST_POINTS
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.given import FieldValue, LabelledSteps
from preceptor.kinds.labels import MAX_LABEL_CHARACTERS
from preceptor.kinds.shape_values import is_shape, shape_in
from preceptor.kinds.tasks.custom_form.item import record_in
from preceptor.kinds.tasks.custom_form.label_studio.config import LONGEST_KEY, plain_key
from preceptor.kinds.tasks.custom_form.settings import FormField, Settings, completed
from preceptor.lib.i18n import SOURCE_LANGUAGE

_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
_RIGHT = FormField(
    key="right",
    field=BOOLEAN.key,
    label={"en": "Is this step right?", "es": "¿Es correcto este paso?"},
    scope="step",
    required=True,
)
USUAL_POINTS = 5
FEWEST_OPTIONS = 2


def settings_from(contents: Sequence[Content]) -> Settings | None:
    """A question for each field that people or models have filled in; None where there is none that can be asked."""
    if any(isinstance(content, LabelledSteps) for content in contents):
        return Settings(fields=(completed(_RIGHT),))
    by_field: dict[str, list[FieldValue]] = {}
    for content in contents:
        record = record_in(content)
        if record is not None:
            for said in (*record.answers, *record.suggestions):
                for value in said.values:
                    if record.picture is not None or not is_shape(value.kind):
                        by_field.setdefault(value.field, []).append(value)
    fields = tuple(_fields(by_field))
    return Settings(fields=fields) if fields else None


def _fields(by_field: dict[str, list[FieldValue]]) -> Iterator[FormField]:
    for name, values in by_field.items():
        if not name or plain_key(name) != name:
            continue  # its answers would not find the question
        asked = _asked(values)
        if asked is not None:
            field, settings = asked
            label = {SOURCE_LANGUAGE: name.replace("_", " ").capitalize()[:MAX_LABEL_CHARACTERS]}
            yield FormField(key=name, field=field, label=label, settings=settings)


def _asked(values: list[FieldValue]) -> tuple[str, dict[str, Any]] | None:
    """Key and settings of the field that takes these values.

    None for marks in texts, which need a form made for them.
    """
    kinds = {value.kind for value in values}
    if kinds and all(map(is_shape, kinds)):
        return _boxes(values)
    if kinds == {"choices"}:
        return _choice([value.value.get("choices") for value in values])
    if kinds == {"rating"}:
        most = max((rating for value in values if isinstance(rating := value.value.get("rating"), int)), default=0)
        return RATING.key, {"points": min(max(most, USUAL_POINTS), MOST_POINTS)}
    if kinds == {"number"}:
        return NUMBER.key, {}
    return (TEXT.key, {}) if kinds == {"textarea"} else None


def _boxes(values: list[FieldValue]) -> tuple[str, dict[str, Any]] | None:
    shapes = [shape for value in values if (shape := shape_in(value.kind, value.value, value.source))]
    labels = dict.fromkeys(shape.label for shape in shapes)
    keys = [one for one in labels if 0 < len(one) <= LONGEST_LABEL and one.isprintable() and one == one.strip()]
    kinds = dict.fromkeys(shape.kind for shape in shapes)
    return (BOXES.key, {"labels": [{"key": key} for key in keys[:MOST_LABELS]], "kinds": [*kinds]}) if keys else None


def _choice(given: list[Any]) -> tuple[str, dict[str, Any]] | None:
    words: dict[str, None] = {}
    multiple = False
    for chosen in given:
        if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
            return None
        multiple = multiple or len(chosen) > 1
        words |= dict.fromkeys(chosen)
    if not FEWEST_OPTIONS <= len(words) <= MOST_OPTIONS:
        return None
    taken: set[str] = set()
    options = []
    for word in sorted(words):
        # A word that can be a key stays as it is, and is released as it came in.
        base = word if _KEY.fullmatch(word) else plain_key(word)
        key, number = base, 1
        while key in taken:
            number += 1
            key = f"{base[: LONGEST_KEY - 4]}_{number}"
        taken.add(key)
        options.append({"key": key, "label": {SOURCE_LANGUAGE: word[:MAX_LABEL_CHARACTERS]}})
    return CHOICE.key, {"options": options, "multiple": multiple}
