"""Content that arrives judged, answered or labelled by people elsewhere: what imports yield beside `Conversation`.

A kind that can be the home of such content lists its type in `accepts`, makes an item of it in `item_from_content`, and
of what people said about it answers in `answers_from_content`. A kind that does not take a type may take what the
content is without the rest (`Content.otherwise`): a comparison is also a conversation with responses to be judged.

Texts are kept as they came. A response may be empty: people do prefer silence to some answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from preceptor.kinds.content import Content, Conversation, GivenResponse, Message
from preceptor.kinds.pictures import Picture, PictureAnswer, PictureFile, Shape
from preceptor.kinds.shape_values import TakenNames, shape_in

LONGEST_NAME = 200

AnswerT = TypeVar("AnswerT")


class GivenAnswer(msgspec.Struct, Generic[AnswerT], frozen=True):
    """A whole answer of a kind, given elsewhere by `worker`."""

    worker: str
    """Who gave it, by the name the source has for them; empty where it does not say."""
    answer: AnswerT


class Comparison(Content, frozen=True):
    """Responses to the same prompt, compared by one person: pairs, rankings, both texts called equal."""

    prompt: tuple[Message, ...]
    """The conversation up to where the responses part, empty where they share nothing. Its last message is a user's
    in nearly every source, but not in all: where it is an assistant's, the responses go on from there."""
    responses: tuple[GivenResponse, ...]
    """In the order of the source."""
    ranking: tuple[tuple[int, ...], ...] = ()
    """Groups of indexes into `responses`, best first, ties in one group; empty where nobody has judged them yet."""
    strength: int | None = None
    """How much better the best is, 1 to 4; None where nobody says."""
    all_bad: bool = False
    comment: str = ""
    worker: str = ""
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Fields of the row that nobody knew: kept, and exported again."""

    @property
    def is_judged(self) -> bool:
        """Whether somebody has said which is better."""
        return bool(self.ranking) or self.all_bad

    def otherwise(self) -> Iterator[Content]:
        """The responses to be judged anew, without what was said about them."""
        yield Conversation(messages=self.prompt, responses=self.responses, source=self.source)


class Answered(Content, frozen=True):
    """A conversation with the answer a person gave as the assistant: a demonstration."""

    messages: tuple[Message, ...]
    """Up to the message that is answered."""
    completion: str
    worker: str = ""
    follow_ups: tuple[Message, ...] = ()
    """What came after the answer in the source, if the answer is not the end of it."""
    source: dict[str, Any] = msgspec.field(default_factory=dict)

    def otherwise(self) -> Iterator[Content]:
        """The conversation to be answered anew, with the given answer as a response to it."""
        yield Conversation(messages=self.messages, responses=(GivenResponse(self.completion),), source=self.source)


class LabelledResponse(Content, frozen=True):
    """One response called good or bad by one person: an unpaired preference."""

    prompt: tuple[Message, ...]
    response: GivenResponse
    good: bool | None = None
    """None where nobody has said yet."""
    worker: str = ""
    source: dict[str, Any] = msgspec.field(default_factory=dict)

    def otherwise(self) -> Iterator[Content]:
        """The response to be judged anew."""
        yield Conversation(messages=self.prompt, responses=(self.response,), source=self.source)


class LabelledSteps(Content, frozen=True):
    """The steps of one response, each called right or wrong by one person."""

    prompt: tuple[Message, ...]
    steps: tuple[str, ...]
    right: tuple[bool, ...] = ()
    """One for each step; empty where nobody has said yet."""
    separator: str = "\n"
    worker: str = ""
    source: dict[str, Any] = msgspec.field(default_factory=dict)

    def otherwise(self) -> Iterator[Content]:
        """The response as a whole, to be judged anew."""
        text = self.separator.join(self.steps)
        yield Conversation(messages=self.prompt, responses=(GivenResponse(text),), source=self.source)


class PlainText(Content, frozen=True):
    """A text without roles, such as a document or the beginning of one."""

    text: str
    source: dict[str, Any] = msgspec.field(default_factory=dict)

    def otherwise(self) -> Iterator[Content]:
        """The text as a prompt."""
        yield Conversation(messages=(Message("user", self.text),), source=self.source)


class WorkerLabel(Content, frozen=True):
    """One person's label for one thing. Rows about the same thing have the same `item`: they meet in one item.

    Because they meet, what becomes of `item`, `text` and `gold` in `item_from_content` may not depend on the rest.
    """

    item: str
    """Key of the thing in the source."""
    label: str
    worker: str
    text: str = ""
    """The thing itself; empty where the file holds labels alone."""
    gold: str | None = None
    """What is right; None where nobody knows."""
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Other fields of the row. They belong to this label and not to the item."""

    def otherwise(self) -> Iterator[Content]:
        """The thing with the label as a value of a form's field."""
        data = {"item": self.item} | ({"text": self.text} if self.text else {})
        gold = {} if self.gold is None else {"gold": self.gold}
        said = FieldValue(field="label", on="text", kind="choices", value={"choices": [self.label]})
        answer = RecordAnswer(worker=self.worker, values=(said,), source=self.source)
        yield Record(data=data, answers=(answer,), source=gold, key=self.item)


class FieldValue(msgspec.Struct, frozen=True):
    """What one field of a form holds, in the words of the source; the values are those of Label Studio's JSON.

    Source: https://labelstud.io/guide/task_format, and the pages of its tags.
    """

    field: str
    """Name of the field (`from_name`)."""
    on: str
    """Name of what is labelled (`to_name`), which is a key of a record's data or stands for one."""
    kind: str
    """`choices`, `rating`, `textarea`, `labels`, `rectanglelabels`, …"""
    value: dict[str, Any]
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """Whatever else stands there: ids of regions, sizes of pictures, scores."""


class RecordAnswer(msgspec.Struct, frozen=True):
    """A form as somebody, or a model, filled it in."""

    worker: str
    """Empty where the source does not say."""
    values: tuple[FieldValue, ...]
    source: dict[str, Any] = msgspec.field(default_factory=dict)


class Record(Content, frozen=True):
    """Any data with any form's answers to it: what spreadsheets and labelling tools hold."""

    data: dict[str, Any]
    answers: tuple[RecordAnswer, ...] = ()
    """By people: finished work."""
    suggestions: tuple[RecordAnswer, ...] = ()
    """By models: for people to look at."""
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    key: str = ""
    """Records of the same key meet in one item; empty for a record that stands for itself."""
    picture: PictureFile | None = None
    """What is to be looked at beside the data."""

    def otherwise(self) -> Iterator[Content]:
        """The picture with what is drawn on it and the choices made about it as a whole; all else as its source."""
        if self.picture is None:
            return
        taken = TakenNames()
        suggestions = [_drawn(one, taken)[0] for one in self.suggestions]
        answers = [(one, *_drawn(one, TakenNames())) for one in self.answers]
        left = [{"worker": one.worker, "result": msgspec.to_builtins(rest)} for one, _s, _c, rest in answers if rest]
        data = {"data": self.data} if self.data else {}
        yield Picture(
            file=self.picture,
            answers=tuple(PictureAnswer(one.worker, shapes, classes) for one, shapes, classes, _rest in answers),
            suggestions=tuple(shape for shapes in suggestions for shape in shapes),
            source=self.source | data | ({"other_results": left} if left else {}),
            record=self,
        )


def _drawn(said: RecordAnswer, taken: TakenNames) -> tuple[tuple[Shape, ...], tuple[str, ...], list[FieldValue]]:
    """The shapes of an answer, under ids that are not taken yet; the classes of the whole; what is neither."""
    shapes: list[Shape] = []
    classes: dict[str, None] = {}
    rest: list[FieldValue] = []
    regions = {_region(one) for one in said.values if one.kind != "choices"} - {""}
    for one in said.values:
        chosen: Any = one.value.get("choices")
        if shape := shape_in(one.kind, one.value, one.source):
            shapes.append(msgspec.structs.replace(shape, id=taken.free(shape.id)))
        elif one.kind == "choices" and _region(one) not in regions and _are_names(chosen):
            classes |= dict.fromkeys(chosen)
        else:
            rest.append(one)
    return tuple(shapes), tuple(classes), rest


def _region(value: FieldValue) -> str:
    """What the region is called that a value is about; empty where it is about the whole."""
    given = value.source.get("id")
    return given if isinstance(given, str) else "" if given is None else repr(given)


def _are_names(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(one, str) and 0 < len(one) <= LONGEST_NAME for one in given)
