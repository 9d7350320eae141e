from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from preceptor.kinds.content import Content, Conversation, GivenResponse, Message
from preceptor.kinds.dialogue import dialogue_problems, split
from preceptor.kinds.findings import join
from preceptor.kinds.given import LabelledSteps, PlainText, Record
from preceptor.kinds.pictures import Picture, PictureFile
from preceptor.kinds.reading import document_problems
from preceptor.kinds.tasks.custom_form.settings import LONGEST_NAME, MOST_RESPONSES, DataKey, Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

RESERVED = frozenset({"prompt", "messages", "responses", "picture"})
MOST_STEPS = 500
TEXT = "text"
"""The column that a text without a name goes into."""


class _ToldResponse(msgspec.Struct, frozen=True):
    text: str
    model: str | None = None


_TALK: dict[str, Any] = {
    "prompt": str,
    "messages": tuple[Message, ...],
    "responses": tuple[_ToldResponse, ...],
    "steps": tuple[str, ...],
}


class ItemContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the questions are about; nothing at all where the form asks about the world.

    Attributes:
        prompt: the user's last message.
        messages: the conversation before the prompt.
        responses: answers to the prompt that came with the item, so that no model is asked.
        steps: of a solution to the prompt, to be looked at one by one.
        data: columns by name; the form says which are shown.
        picture: one to be looked at or drawn on, as the answer to its upload names it.
        key: of the item in its source; empty where it has none.
        source: fields of the imported row that nobody knew.
    """

    prompt: str | None = None
    messages: tuple[Message, ...] = ()
    responses: tuple[GivenResponse, ...] = ()
    steps: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_STEPS)] = ()
    data: Annotated[dict[DataKey, Any], msgspec.Meta(max_length=500)] = {}
    picture: PictureFile | None = None
    key: str = ""
    source: dict[str, Any] = {}


def item_from(content: Content) -> ItemContent | None:
    """An item from content of a type this kind accepts; None for another one."""
    content = record_in(content) or content
    if isinstance(content, Record):
        data = dict(content.data)
        talk = {name: value for name, kind in _TALK.items() if (value := _taken(data, name, kind)) is not None}
        return ItemContent(data=data, key=content.key, source=content.source, picture=content.picture, **talk)
    if isinstance(content, Conversation):
        messages, prompt = split(content.messages)
        return ItemContent(prompt=prompt, messages=messages, responses=content.responses, source=content.source)
    if isinstance(content, LabelledSteps):
        messages, prompt = split(content.prompt)
        return ItemContent(prompt=prompt, messages=messages, steps=content.steps, source=content.source)
    if isinstance(content, Picture):
        return ItemContent(picture=content.file, source=content.source)
    if isinstance(content, PlainText):
        return ItemContent(data={TEXT: content.text}, source=content.source)
    return None


def record_in(content: Content) -> Record | None:
    """The record that content is, or that a picture is besides."""
    found = content.record if isinstance(content, Picture) else content
    return found if isinstance(found, Record) else None


def _taken(data: dict[str, Any], name: str, kind: Any) -> Any:
    """A part of a conversation that stands among the columns of a record, as a release writes it, taken out of them."""
    try:
        value = msgspec.convert(data[name], kind)
    except (KeyError, msgspec.ValidationError):
        return None
    del data[name]
    if name != "responses":
        return value
    return tuple(GivenResponse(text=one.text, model=one.model) for one in value)


def item_problems(item: ItemContent) -> list[FieldProblem]:
    """Texts blank or not fit to keep, messages out of order, responses that answer nothing, names that are taken."""
    return [
        *dialogue_problems(item.messages, item.prompt),
        *_response_problems(item),
        *(
            FieldProblem(join("steps", index), _("This is empty. Fill it in, or leave it out."))
            for index, step in enumerate(item.steps)
            if not step.strip()
        ),
        *(
            FieldProblem(join("data", key), _("This name means something else here. Call the column otherwise."))
            for key in item.data.keys() & RESERVED
        ),
        *(
            FieldProblem(
                join("data", key[:40]), _("The name of a column has 1 to {most} characters.").format(most=LONGEST_NAME)
            )
            for key in item.data
            if not 0 < len(key) <= LONGEST_NAME
        ),
        *document_problems(item),
    ]


def _response_problems(item: ItemContent) -> Iterator[FieldProblem]:
    if item.responses and item.prompt is None:
        yield FieldProblem("responses", _("There are responses here, but no prompt they answer."))
    if len(item.responses) > MOST_RESPONSES:
        yield FieldProblem("responses", _("Give at most {most} responses.").format(most=MOST_RESPONSES))
    for index, given in enumerate(item.responses):
        if not given.text.strip():
            yield FieldProblem(join("responses", index, "text"), _("This is empty. Fill it in, or leave it out."))


def data_texts(settings: Settings, item: ItemContent) -> Iterator[tuple[str, str]]:
    """The columns that the form shows, in its order, as far as the item has them: names and texts."""
    given = item.data
    if settings.shown:  # by name, also what came beside a conversation
        given = {shown.key: item.data.get(shown.key, item.source.get(shown.key)) for shown in settings.shown}
    for key, value in given.items():
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield key, str(value)
