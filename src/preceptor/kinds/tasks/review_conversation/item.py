from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

from preceptor.kinds.content import Content, Conversation, Message
from preceptor.kinds.fields.spans.field import Span, Spans
from preceptor.kinds.given import Answered
from preceptor.kinds.reading import document_problems
from preceptor.kinds.redaction import Redacted, Stretch, redact
from preceptor.kinds.tasks.review_conversation.settings import SEVERITIES, Settings
from preceptor.kinds.tasks.review_conversation.words import SEVERITY_NAMES
from preceptor.kinds.triage import ReportedConversation, Severity
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, ngettext_lazy
from preceptor.lib.text.private_data import find_private_data

MOST_MESSAGES = 400
DEEPEST = 32
"""Levels of unknown fields inside each other; each text in them is looked at."""
REASON = "reason"
LONGEST_NUMBER = 10**40
"""No card and no account has as many digits."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]

# The farther from "medium", the more steps of priority up or down.
_STEPS: Mapping[Severity, int] = {"low": 2, "medium": 0, "high": -2, "critical": -4}
_LAST_PRIORITY = 9


class Original(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stood there before anything was replaced."""

    messages: tuple[Message, ...]
    reason: str = ""
    source: dict[str, Any] = {}
    restored: tuple[Span, ...] = ()
    """What was taken for private data and is none, in places of these texts; the reason's key is `reason`."""


_WARNED_OF = {"offensive": ("harassment", "hate")}
"""Categories of reports that may be one kind of content or another: who takes them has agreed to each."""


class ItemContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reported conversation. Everything but `original` is free of what was found when it came in.

    Attributes:
        messages: the conversation, redacted.
        reason: why it was reported, in the user's words, redacted.
        categories: keys of what the user or the product says is wrong; they may be none of the form's.
        severity: as the product sees it.
        reported_at: when the user reported it.
        private: what was replaced in `messages`, in their places; the label says by what.
        source: fields of the row or report that nobody knew, redacted.
        original: texts as they came; None where nothing was replaced. Only whoever may read originals sees it.
    """

    messages: tuple[Message, ...]
    reason: str = ""
    categories: tuple[_Key, ...] = ()
    severity: Severity | None = None
    reported_at: Moment | None = None
    private: Spans = ()
    source: dict[str, Any] = {}
    original: Original | None = None

    @property
    def texts(self) -> dict[str, str]:
        """What can be marked, by key."""
        return {text_key(index): message.content for index, message in enumerate(self.messages)}


def text_key(index: int) -> str:
    """The key of a message, counted from 0, in answers."""
    return f"m{index + 1}"


def index_of(key: str) -> int:
    """The message of a key that `text_key` made."""
    return int(key[1:]) - 1


def given_problems(item: ItemContent) -> Iterator[FieldProblem]:
    """Parts of an item that are worked out here and cannot be sent along."""
    message = _("This is worked out when the conversation comes in. Leave it out.")
    if item.private:
        yield FieldProblem("private", message)
    if item.original is not None:
        yield FieldProblem("original", message)


def redacted_item(item: ItemContent, *, restored: Spans = ()) -> ItemContent:
    """The item without the private data that has a form of its own; `original` keeps what it was.

    Args:
        item: as it came in.
        restored: what is no private data although it looks like it.
    """
    found = [redacted_text(one.content, key, restored) for key, one in zip(item.texts, item.messages, strict=True)]
    messages = tuple(
        Message(message.role, redacted.text) for message, redacted in zip(item.messages, found, strict=True)
    )
    reason = redacted_text(item.reason, REASON, restored).text
    source: dict[str, Any] = _redacted_values(item.source)
    if messages == item.messages and reason == item.reason and source == item.source and not restored:
        return item
    return msgspec.structs.replace(
        item,
        messages=messages,
        reason=reason,
        source=source,
        private=tuple(
            Span(text_key(index), one.start, one.end, one.label)
            for index, redacted in enumerate(found)
            for one in redacted.after
        ),
        original=Original(item.messages, item.reason, item.source, restored),
    )


def redacted_text(text: str, key: str = "", restored: Spans = ()) -> Redacted:
    """A text without the private data in it that has a form of its own, but for what is `restored` under its key."""
    kept = {(one.start, one.end) for one in restored if one.text == key}
    found = [Stretch(one.start, one.end, one.kind) for one in find_private_data(text)]
    return redact(text, [one for one in found if (one.start, one.end) not in kept])


def _redacted_values(value: Any) -> Any:
    if isinstance(value, str):
        return redacted_text(value).text
    if isinstance(value, dict):
        return {redacted_text(key).text: _redacted_values(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted_values(inner) for inner in value]
    # A number long enough to be a card's or an account's is one as a text too.
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LONGEST_NUMBER:
        text = redacted_text(str(value)).text
        return value if text == str(value) else text
    return value


def item_from(content: Content) -> ItemContent | None:
    """An item, not redacted yet, from content of a type this kind accepts; None for another one."""
    if isinstance(content, ReportedConversation):
        return ItemContent(
            messages=content.messages,
            reason=content.reason,
            categories=content.categories,
            severity=content.severity,
            reported_at=content.reported_at,
            source=content.source,
        )
    if isinstance(content, Answered):
        messages = (*content.messages, Message("assistant", content.completion), *content.follow_ups)
        return _imported(messages, content.source)
    if isinstance(content, Conversation):
        source = content.source | ({"follow_ups": list(content.follow_ups)} if content.follow_ups else {})
        said = tuple(Message("assistant", response.text) for response in content.responses[:1])
        return _imported((*content.messages, *said), source)
    return None


def _imported(messages: tuple[Message, ...], source: dict[str, Any]) -> ItemContent:
    """What a row says about the report stands in columns that an importer does not know."""
    rest = dict(source)
    told: dict[str, Any] = {}
    for name, kind in (("reason", str), ("severity", Severity), ("reported_at", Moment)):
        if name in rest:
            try:
                told[name] = msgspec.convert(rest[name], kind)
            except msgspec.ValidationError:
                continue
            del rest[name]
    categories = rest.get("categories")
    if isinstance(categories, str):
        told["categories"] = tuple(filter(None, (one.strip() for one in categories.split(","))))
        del rest["categories"]
    elif isinstance(categories, list) and all(isinstance(one, str) and one for one in categories):
        told["categories"] = tuple(categories)
        del rest["categories"]
    return ItemContent(messages=messages, source=rest, **told)


def item_problems(item: ItemContent) -> list[FieldProblem]:
    """No messages, too many, nothing said in any of them, or texts not fit to keep."""
    return [*_message_problems(item), *(_depth_problems(item) or document_problems(item))]


def _depth_problems(item: ItemContent) -> list[FieldProblem]:
    level: list[Any] = [item.source]
    for _depth in range(DEEPEST):
        nested = [value for value in level if isinstance(value, (dict, list))]
        level = [inner for value in nested for inner in (value.values() if isinstance(value, dict) else value)]
        if not level:
            return []
    return [FieldProblem("source", _("These fields lie too deep inside each other."))]


def _message_problems(item: ItemContent) -> Iterator[FieldProblem]:
    if not 1 <= len(item.messages) <= MOST_MESSAGES:
        yield FieldProblem("messages", _("Give 1 to {most} messages.").format(most=MOST_MESSAGES))
    elif not any(message.content.strip() for message in item.messages):
        yield FieldProblem("messages", _("Nothing is said in this conversation."))


def severity_of(settings: Settings, item: ItemContent) -> Severity | None:
    """What the product says; else that of the gravest category it was reported as."""
    if item.severity is not None:
        return item.severity
    found = [one.severity for one in settings.categories if one.key in item.categories]
    return max(found, key=SEVERITIES.index, default=None)


def priority_of(settings: Settings, item: ItemContent, given: int) -> int:
    """Four steps up for what is critical, two for what is high, two down for what is low."""
    severity = severity_of(settings, item)
    return given if severity is None else min(max(given + _STEPS[severity], 0), _LAST_PRIORITY)


def warned_of(item: ItemContent) -> tuple[str, ...]:
    """Keys of content that people have to agree to see: the categories themselves, and what `offensive` may be."""
    return tuple(key for one in item.categories for key in _WARNED_OF.get(one, (one,)))


def summary_of(item: ItemContent) -> str:
    """What was reported and as what: never the text itself, which nobody has chosen to read in a list."""
    moment = item.reported_at.date().isoformat() if item.reported_at else ""
    facts = [
        str(ngettext_lazy("{count} message", "{count} messages", len(item.messages))),
        ", ".join(one.replace("_", " ") for one in item.categories),
        str(_("Severity: {severity}").format(severity=SEVERITY_NAMES[item.severity])) if item.severity else "",
        moment,
    ]
    return " · ".join(filter(None, facts))
