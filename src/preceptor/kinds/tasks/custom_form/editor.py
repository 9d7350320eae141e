"""What the form builder has to know: the installed fields, and something to try a form out on."""

from __future__ import annotations

from typing import Any

import msgspec

from preceptor.kinds.content import GivenResponse, Message
from preceptor.kinds.field import Field
from preceptor.kinds.registry import fields
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import Settings
from preceptor.lib.i18n import _

_NAMED = frozenset({"properties", "$defs"})
"""What in a JSON schema holds schemas by name."""

_TEXT = _(
    "The museum is closed on Mondays. On other days it opens at ten, and Ms Duarte answers questions by telephone."
)
_QUESTION = _("Is the museum open today?")
_REPLY = _("It is open from Tuesday to Sunday. Which day do you mean?")
_PROMPT = _("Monday. Whom can I call?")
_RESPONSES = (
    _("It is closed on Mondays. You can ask Ms Duarte by telephone."),
    _("Museums are usually open all week, so go ahead."),
)
_STEPS = (
    _("The museum is closed on Mondays, and the user asks about a Monday."),
    _("So they cannot go, and whoever answers by telephone is the one to name: Ms Duarte."),
)


def field_catalogue() -> list[dict[str, Any]]:
    """Every installed form field with what the builder asks for it, as JSON values in the reader's language."""
    return [_entry(one) for one in fields().values()]


def _entry(one: Field[Any, Any]) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": str(one.title),
        "description": str(one.description),
        "schema": _bare(msgspec.json.schema(one.settings_type)),
        "value": _bare(msgspec.json.schema(one.value_type)),
        "names": {path: str(name) for path, name in one.setting_names.items()},
        "defaults": msgspec.to_builtins(one.default_settings()),
        "options": one.options_setting,
        "operators": list(one.operators),
        "needs": one.needs,
    }


def _bare(schema: Any) -> Any:
    """A JSON schema without what stands in it for programmers."""
    if isinstance(schema, dict):
        return {
            name: {inner: _bare(one) for inner, one in value.items()} if name in _NAMED else _bare(value)
            for name, value in schema.items()
            if name not in {"title", "description"}
        }
    return [_bare(one) for one in schema] if isinstance(schema, list) else schema


def example_data() -> dict[str, Any]:
    """Texts that stand in for an item's, in the reader's language."""
    return {
        "text": str(_TEXT),
        "messages": [{"role": "user", "content": str(_QUESTION)}, {"role": "assistant", "content": str(_REPLY)}],
        "prompt": str(_PROMPT),
        "responses": [str(one) for one in _RESPONSES],
        "steps": [str(one) for one in _STEPS],
    }


def example_for(settings: Settings) -> tuple[ItemContent, tuple[TurnShown, ...]]:
    """Something for every column that is shown; a conversation and responses where questions are about them."""
    scopes = {form.scope for form in settings.fields}
    orders = any((one := fields().get(form.field)) and one.needs == "things" for form in settings.fields)
    responses = "response" in scopes or settings.responses > 0 or orders
    talk = responses or scopes & {"turn", "step"} != set()
    data = {shown.key: str(_TEXT) for shown in settings.shown}
    item = ItemContent(
        prompt=str(_PROMPT) if talk else None,
        messages=(Message("user", str(_QUESTION)), Message("assistant", str(_REPLY))) if talk else (),
        responses=tuple(GivenResponse(str(one)) for one in _RESPONSES) if responses and not settings.responses else (),
        steps=tuple(str(one) for one in _STEPS) if "step" in scopes else (),
        data=data if data or talk else {"text": str(_TEXT)},
    )
    if not responses:
        return item, ()
    shown = tuple(ResponseShown(id=f"example-{place}", text=str(one)) for place, one in enumerate(_RESPONSES, 1))
    return item, (TurnShown("example", str(_PROMPT), shown),)
