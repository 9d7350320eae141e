from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.agreement import masi_distance
from preceptor.kinds.fields.spans.field import FIELD as SPANS
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.scoring import Said, said_in, same
from preceptor.kinds.tasks.review_conversation.answer import Answer
from preceptor.kinds.tasks.review_conversation.release import nearness
from preceptor.kinds.tasks.review_conversation.settings import Settings
from preceptor.lib.i18n import _


def said_by(settings: Settings, answer: Answer) -> Iterator[Said]:
    """What an answer says."""
    if answer.verdict is not None:
        yield Said("verdict", _("Verdict"), "", answer.verdict, same)
    if answer.severity is not None:
        yield Said("severity", _("Severity"), "", answer.severity, nearness)
    if answer.categories:
        yield Said("categories", _("Categories"), "", answer.categories, _overlap)
    for message, verdict in answer.messages.items():
        yield Said("messages", _("Verdicts of messages"), message, verdict, same)
    yield from said_in(SPANS, settings.marks, answer.spans, name="spans", title=_("Marked words"))
    yield from said_in(TEXT, TextSettings(), answer.note.strip(), name="note", title=_("Reasons"))


def _overlap(key: tuple[str, ...], value: tuple[str, ...]) -> float:
    return 1 - masi_distance(key, value)
