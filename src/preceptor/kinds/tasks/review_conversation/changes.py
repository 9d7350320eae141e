"""What is different between two answers, in the words of the form. Marked words are named by their places alone."""

from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.changes import AnswerChange, text_change, value_change
from preceptor.kinds.fields.spans.field import FIELD as SPANS
from preceptor.kinds.labels import label_in
from preceptor.kinds.tasks.review_conversation.answer import Answer
from preceptor.kinds.tasks.review_conversation.settings import Settings
from preceptor.kinds.tasks.review_conversation.words import MESSAGE_VERDICT_NAMES, SEVERITY_NAMES, VERDICT_NAMES
from preceptor.lib.i18n import _, current_language


def answer_changes(settings: Settings, before: Answer, after: Answer) -> Iterator[AnswerChange]:
    """Verdict, severity, categories, verdicts of messages, marks and the note."""
    yield from value_change("verdict", _("Verdict"), _verdict(before), _verdict(after))
    yield from value_change("severity", _("Severity"), _severity(before), _severity(after))
    yield from value_change(
        "categories", _("What is wrong"), _categories(settings, before), _categories(settings, after)
    )
    for key in sorted({*before.messages, *after.messages}, key=lambda one: (len(one), one)):
        label = _("Message {number}").format(number=key.removeprefix("m"))
        yield from value_change(f"messages.{key}", label, _message(before, key), _message(after, key))
    yield from value_change("spans", _("Marks"), _marks(settings, before), _marks(settings, after))
    yield from text_change("note", _("Reason"), before.note, after.note)


def _verdict(answer: Answer) -> str:
    return str(VERDICT_NAMES[answer.verdict]) if answer.verdict else ""


def _severity(answer: Answer) -> str:
    return str(SEVERITY_NAMES[answer.severity]) if answer.severity else ""


def _message(answer: Answer, key: str) -> str:
    verdict = answer.messages.get(key)
    return str(MESSAGE_VERDICT_NAMES[verdict]) if verdict else ""


def _categories(settings: Settings, answer: Answer) -> str:
    language = current_language()
    names = {one.key: label_in(one.label, language) for one in settings.categories}
    return ", ".join(names.get(key, key) for key in answer.categories)


def _marks(settings: Settings, answer: Answer) -> str:
    texts = sorted({span.text for span in answer.spans}, key=lambda one: (len(one), one))
    return "\n".join(
        f"{text.removeprefix('m')}. "
        + SPANS.in_words(settings.marks, tuple(span for span in answer.spans if span.text == text))
        for text in texts
    )
