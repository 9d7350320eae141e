from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from preceptor.kinds.field import Operator
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.labels import Labels
from preceptor.kinds.positions import DEFAULT_POSITION
from preceptor.kinds.registry import fields
from preceptor.kinds.shown import Position

MOST_FIELDS = 100
MOST_SHOWN = 50
MOST_CONDITIONS = 10
MOST_RESPONSES = 8
MOST_TURNS = 20

Scope = Literal["item", "turn", "response", "step"]
LONGEST_NAME = 100
"""Characters of the name of a column."""
DataKey = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has to hold of an earlier question for another one to be asked.

    Attributes:
        field: key of the earlier question.
        operator: how its answer is looked at.
        value: what it is held against; nothing for `answered` and `unanswered`, the key of an option for `includes` and
            `excludes`.
    """

    field: str
    operator: Operator = "answered"
    value: Any = None


class FormField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question of the form.

    Attributes:
        key: what its answers are called in releases, unique in the form; small letters, digits and underscores.
        field: key of an installed form field.
        label: the question, per language.
        help: a sentence or two below it, per language.
        required: an answer without it cannot be submitted.
        scope: asked once for the item, or of each turn of its conversation, each response, each step of a solution.
        settings: of the field.
        default: the value it starts from; None for none.
        conditions: it is asked only if these hold; always where there are none.
        match: whether all of them have to hold or any one.
        about: keys of the data it is about, for a field that marks texts or orders them; empty for all.
    """

    key: str
    field: str
    label: Labels
    help: Labels = {}
    required: bool = False
    scope: Scope = "item"
    settings: dict[str, Any] = {}
    default: Any = None
    conditions: Annotated[tuple[Condition, ...], msgspec.Meta(max_length=MOST_CONDITIONS)] = ()
    match: Literal["all", "any"] = "all"
    about: Annotated[tuple[DataKey, ...], msgspec.Meta(max_length=MOST_SHOWN)] = ()


class ShownData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of the item's data that is shown above the questions.

    Attributes:
        key: name of the column.
        title: what stands above it, per language; empty for none.
        format: as Markdown, or as it stands.
    """

    key: DataKey
    title: Labels = {}
    format: Literal["markdown", "plain"] = "markdown"


def completed(form: FormField) -> FormField:
    """The question with every setting of its field written out; as it is where its field or settings are not right."""
    one = fields().get(form.field)
    if one is None:
        return form
    try:
        settings = msgspec.convert(form.settings, one.settings_type)
    except msgspec.ValidationError:
        return form
    return msgspec.structs.replace(form, settings=msgspec.json.decode(msgspec.json.encode(settings)))


def _first_fields() -> tuple[FormField, ...]:
    asked = (
        FormField(
            key="quality",
            field=RATING.key,
            label={"en": "How good is this?", "es": "¿Cómo de bueno es?"},
            required=True,
            settings={"points": 5, "low": {"en": "poor", "es": "malo"}, "high": {"en": "excellent", "es": "excelente"}},
        ),
        FormField(
            key="reason",
            field=TEXT.key,
            label={"en": "What is wrong with it?", "es": "¿Qué tiene de malo?"},
            required=True,
            conditions=(Condition("quality", "below", 3),),
        ),
    )
    return tuple(completed(form) for form in asked)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form: what is shown, and what is asked about it.

    Attributes:
        version: of this schema, so that a form exported once can be read for good.
        fields: the questions, in the order in which they are asked.
        shown: the columns of the item's data that are shown; every text where none are named.
        responses: number of live responses that models are asked for in each turn; 0 asks none.
        min_turns, max_turns: how long the conversation with them is; it goes on from a response the person chooses.
        positions: how each response is asked for; a list shorter than `responses` is gone through again.
    """

    version: Literal[1] = 1
    fields: tuple[FormField, ...] = msgspec.field(default_factory=_first_fields)
    shown: Annotated[tuple[ShownData, ...], msgspec.Meta(max_length=MOST_SHOWN)] = ()
    responses: int = 0
    min_turns: int = 1
    max_turns: int = 1
    positions: tuple[Position, ...] = (DEFAULT_POSITION,)
