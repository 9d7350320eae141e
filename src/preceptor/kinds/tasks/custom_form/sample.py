from __future__ import annotations

from typing import Any

from preceptor.kinds.content import GivenResponse, Message
from preceptor.kinds.fields.boolean.field import FIELD as BOOLEAN
from preceptor.kinds.fields.choice.field import FIELD as CHOICE
from preceptor.kinds.fields.number.field import FIELD as NUMBER
from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.spans.field import FIELD as SPANS
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.task import Sample
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import Condition, FormField, Settings, ShownData, completed

_NOTICE = "The museum in Lisbon is closed on Mondays. Ask for Ms Duarte."
_BEFORE = (
    Message("user", "Is the museum open today?"),
    Message("assistant", "It is open from Tuesday to Sunday. Which day do you mean?"),
)
_PROMPT = "Monday. Whom can I call?"
_RESPONSES = ("It is closed on Mondays. Ask for Ms Duarte.", "It is open all week.")


def _fields() -> tuple[FormField, ...]:
    return (
        FormField(
            key="names",
            field=SPANS.key,
            label={"en": "Mark the names", "es": "Marca los nombres"},
            help={"en": "People and places alike.", "es": "Tanto personas como lugares."},
            settings={
                "labels": [
                    {"key": "person", "label": {"en": "Person", "es": "Persona"}, "shortcut": "p"},
                    {"key": "place", "label": {"en": "Place", "es": "Lugar"}, "shortcut": "l"},
                ]
            },
            about=("notice",),
        ),
        FormField(
            key="clear",
            field=BOOLEAN.key,
            label={"en": "Is it clear what the user wants?", "es": "¿Está claro qué quiere el usuario?"},
            scope="turn",
            required=True,
        ),
        FormField(
            key="helpful",
            field=RATING.key,
            label={"en": "How helpful is it?", "es": "¿Cómo de útil es?"},
            scope="response",
            required=True,
            settings={"points": 5},
        ),
        FormField(
            key="wrong",
            field=CHOICE.key,
            label={"en": "What is wrong?", "es": "¿Qué falla?"},
            scope="response",
            required=True,
            settings={
                "options": [
                    {"key": "facts", "label": {"en": "The facts", "es": "Los hechos"}},
                    {"key": "tone", "label": {"en": "The tone", "es": "El tono"}},
                ]
            },
            conditions=(Condition("helpful", "below", 5),),
        ),
        FormField(
            key="minutes",
            field=NUMBER.key,
            label={"en": "Minutes it saves", "es": "Minutos que ahorra"},
            scope="response",
            settings={"least": 0},
            default=0,
        ),
        FormField(key="order", field=RANKING.key, label={"en": "Order them", "es": "Ordénalas"}, required=True),
        FormField(key="why", field=TEXT.key, label={"en": "Why?", "es": "¿Por qué?"}, settings={"max_words": 50}),
    )


def make_sample() -> Sample[Settings, ItemContent, Answer]:
    """A notice, a conversation about it and two given responses, asked about in every scope."""
    row: dict[str, Any] = {
        "data": {"notice": _NOTICE, "internal": "not shown"},
        "messages": [{"role": one.role, "content": one.content} for one in _BEFORE],
        "prompt": _PROMPT,
        "responses": [{"text": text} for text in _RESPONSES],
        "key": "museum-1",
        "source": {"batch": 7},
    }
    return Sample(
        settings=Settings(
            fields=tuple(completed(form) for form in _fields()),
            shown=(ShownData("notice", {"en": "The notice", "es": "El aviso"}, "plain"),),
        ),
        row=row,
        item=ItemContent(
            prompt=_PROMPT,
            messages=_BEFORE,
            responses=tuple(GivenResponse(text) for text in _RESPONSES),
            data={"notice": _NOTICE, "internal": "not shown"},
            key="museum-1",
            source={"batch": 7},
        ),
        turns=(TurnShown("t1", _PROMPT, tuple(ResponseShown(f"r{n}", text) for n, text in enumerate(_RESPONSES, 1))),),
        answer=Answer(
            values={
                "names": {"item": [_span(14, 20, "place"), _span(51, 60, "person")]},
                "clear": {"1": False, "2": True},
                "helpful": {"r1": 4, "r2": 1},
                "wrong": {"r1": ["tone"], "r2": ["facts"]},
                "minutes": {"r1": 5, "r2": 0},
                "order": {"item": [["r1"], ["r2"]]},
                "why": {"item": "The second contradicts the notice."},
            }
        ),
        changed_answer=Answer(
            values={
                "names": {"item": [_span(14, 20, "person")]},
                "clear": {"1": True, "2": False},
                "helpful": {"r1": 2, "r2": 4},
                "wrong": {"r1": ["facts"], "r2": ["tone"]},
                "minutes": {"r1": 0, "r2": 9},
                "order": {"item": [["r2"], ["r1"]]},
                "why": {"item": "I could not find it on the website."},
            }
        ),
    )


def _span(start: int, end: int, label: str) -> dict[str, Any]:
    return {"text": "notice", "start": start, "end": end, "label": label}
