"""Which questions a form really asks: each with its field, about what, and whether its conditions hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from preceptor.kinds.field import Field, Subject
from preceptor.kinds.live import usable
from preceptor.kinds.pictures import PictureFile
from preceptor.kinds.registry import field
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.tasks.custom_form.answer import ITEM, STEP, Answer
from preceptor.kinds.tasks.custom_form.item import ItemContent, data_texts
from preceptor.kinds.tasks.custom_form.settings import Condition, FormField, Settings
from preceptor.kinds.tasks.custom_form.turns import TurnTexts, prompt_key, turn_texts


class Asked(msgspec.Struct, frozen=True):
    """A question with its field and the field's settings in their own type."""

    form: FormField
    field: Field[Any, Any]
    settings: Any


STEPS = "steps."
"""What the keys of the steps' texts begin with."""


class Unreadable:
    """In place of a value that is not of its field's type."""


UNREADABLE = Unreadable()


def asked_in(settings: Settings) -> tuple[Asked, ...]:
    """The questions of valid settings.

    Raises:
        UnknownKindError: the plug-in that brought a field is gone.
    """
    found = []
    for form in settings.fields:
        one = field(form.field)
        found.append(Asked(form, one, msgspec.convert(form.settings, one.settings_type)))
    return tuple(found)


class Situation:
    """A form before an item: what each question is about, and what was answered so far.

    Attributes:
        asked: the questions.
        texts: by key, all that can be marked.
        responses: those that arrived.
        turns: of the conversation, those that the item brought first.
    """

    def __init__(
        self,
        asked: Sequence[Asked],
        answer: Answer,
        *,
        responses: Sequence[ResponseShown] = (),
        texts: Mapping[str, str] = MappingProxyType({}),
        data: Sequence[str] = (),
        turns: Sequence[TurnTexts] = (),
        steps: int = 0,
        picture: PictureFile | None = None,
    ) -> None:
        """Look at one answer; nothing is checked yet. Without an item, values and conditions can still be told.

        Args:
            asked: the questions.
            answer: what was said.
            responses: those that arrived.
            texts: all that can be marked, by key.
            data: keys of those texts that are columns of the item's data.
            turns: of the conversation, those that the item brought first.
            steps: of the solution that the item brought, how many.
            picture: one to be drawn on.
        """
        self.asked = tuple(asked)
        self.responses = tuple(responses)
        self.texts = texts
        self._answer = answer
        self._data = data
        self.turns = turns
        self._steps = steps
        self._picture = picture
        self._by_key = {one.form.key: one for one in asked}
        self._seen: dict[tuple[str, str], bool] = {}

    def targets(self, one: Asked) -> tuple[str, ...]:
        """What the question is asked about: the item, the turns' numbers, the steps, or the responses' ids.

        What orders or compares responses is asked of those turns alone that have some.
        """
        if one.form.scope == "item":
            return (ITEM,)
        if one.form.scope == "turn":
            compares = one.field.needs == "things"
            numbered = enumerate(self.turns, 1)
            return tuple(str(number) for number, turn in numbered if turn.responses or not compares)
        if one.form.scope == "step":
            return tuple(f"{STEP}{number}" for number in range(1, self._steps + 1))
        return tuple(response.id for response in self.responses)

    def subject(self, one: Asked, target: str) -> Subject:
        """What the person has before their eyes when they answer it."""
        ids = tuple(response.id for response in self.responses)
        if one.form.scope == "response":
            return Subject(things=ids, texts={target: self.texts.get(target, "")})
        if one.form.scope == "step":
            key = step_key(int(target.removeprefix(STEP)) - 1)
            return Subject(texts={key: self.texts[key]})
        if one.form.scope == "turn":
            turn = self.turns[int(target) - 1]
            return Subject(things=turn.responses, texts={key: self.texts[key] for key in turn.keys})
        chosen = one.form.about
        texts = {key: text for key, text in self.texts.items() if key in chosen or not chosen}
        things = ids or tuple(key for key in self._data if key in texts)
        return Subject(things=things, texts=texts, picture=self._picture)

    def value(self, one: Asked, target: str) -> Any:
        """The answer in its field's type: the default where nothing was said, None for none, or `UNREADABLE`."""
        given = self._answer.values.get(one.form.key, {})
        raw = given.get(target, one.form.default)
        if raw is None:
            return None
        try:
            value = msgspec.convert(raw, one.field.value_type)
        except msgspec.ValidationError:
            return UNREADABLE
        return None if one.field.is_blank(value) else value

    def is_asked(self, one: Asked, target: str) -> bool:
        """Whether the question's conditions hold."""
        place = (one.form.key, target)
        if place not in self._seen:
            held = (self._holds(condition, target) for condition in one.form.conditions)
            self._seen[place] = not one.form.conditions or (any(held) if one.form.match == "any" else all(held))
        return self._seen[place]

    def _holds(self, condition: Condition, target: str) -> bool:
        other = self._by_key.get(condition.field)
        if other is None:
            return True
        at = ITEM if other.form.scope == "item" else target
        value = self.value(other, at) if self.is_asked(other, at) else None
        return holds(condition, other.field, None if value is UNREADABLE else value)

    def said(self) -> Iterator[tuple[Asked, str, Any]]:
        """Every answer that counts, with its question and what it is about: readable, asked for, and not blank."""
        for one in self.asked:
            for target in self.targets(one):
                if self.is_asked(one, target) and (value := self.value(one, target)) not in (None, UNREADABLE):
                    yield one, target, value


def situation_of(settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer) -> Situation:
    """A form before an item, as a person had it."""
    return Situation(
        asked_in(settings),
        answer,
        responses=[response for turn in turns for response in turn.responses if usable(response)],
        texts=texts_of(settings, item, turns),
        data=[key for key, _text in data_texts(settings, item)],
        turns=turn_texts(item, turns),
        steps=len(item.steps),
        picture=item.picture,
    )


def holds(condition: Condition, one: Field[Any, Any], value: Any) -> bool:  # noqa: PLR0911 (one line for each operator)
    """Whether a condition holds of a value; all but `unanswered` take an answer."""
    if condition.operator == "unanswered":
        return value is None
    if value is None:
        return False
    plain = msgspec.to_builtins(value)
    match condition.operator:
        case "is":
            return bool(plain == condition.value)
        case "is_not":
            return bool(plain != condition.value)
        case "below" | "above":
            try:
                return bool(plain < condition.value if condition.operator == "below" else plain > condition.value)
            except TypeError:
                return False
        case "includes":
            return condition.value in one.options_in(value)
        case "excludes":
            return condition.value not in one.options_in(value)
    return True


def step_key(index: int) -> str:
    """What a step, counted from 0, is called among the texts."""
    return f"{STEPS}{index}"


def texts_of(settings: Settings, item: ItemContent, turns: Sequence[TurnShown]) -> dict[str, str]:
    """By key, every text before the person: the data's columns, the messages, the prompt, the responses."""
    found = dict(data_texts(settings, item))
    found |= {f"messages.{index}": message.content for index, message in enumerate(item.messages)}
    if item.prompt is not None and not turns:
        found[prompt_key(0)] = item.prompt
    found |= {step_key(index): step for index, step in enumerate(item.steps)}
    found |= {prompt_key(index): turn.prompt for index, turn in enumerate(turns)}
    return found | {response.id: response.text for turn in turns for response in turn.responses if usable(response)}


def target_place(target: str, turns: Sequence[TurnShown]) -> Mapping[str, int]:
    """Which response, step or turn a target is, counted from 1, as the person saw them; empty for the item.

    A response's turn is among the turns with models, and told where there are several.
    """
    for number, turn in enumerate(turns, 1):
        for place, response in enumerate(turn.responses, 1):
            if response.id == target:
                return {"response": place} | ({"turn": number} if len(turns) > 1 else {})
    if target.startswith(STEP):
        return {"step": int(target.removeprefix(STEP))}
    return {"turn": int(target)} if target.isdigit() else {}
