"""Honest checks before submit: what looks like a slip is asked about, once, and never refused."""

from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.findings import Question
from preceptor.kinds.labels import Worded
from preceptor.kinds.tasks.review_conversation.answer import Answer, judged_keys
from preceptor.kinds.tasks.review_conversation.item import ItemContent
from preceptor.kinds.tasks.review_conversation.settings import SEVERITIES, Settings
from preceptor.lib.i18n import _


def answer_questions(settings: Settings, item: ItemContent, answer: Answer) -> list[Question]:
    """Every doubt about a valid answer."""
    if answer.verdict == "confirmed":
        return [*_about_confirmed(settings, item, answer)]
    return [*_about_harmless(settings, answer)] if answer.verdict == "not_a_problem" else []


def _about_confirmed(settings: Settings, item: ItemContent, answer: Answer) -> Iterator[Question]:
    judged = judged_keys(settings, item)
    private = settings.private_keys
    marked = {span.label for span in answer.spans} - private
    bad = any(verdict != "fine" for verdict in answer.messages.values())
    if judged and not bad:
        text = _("You confirmed a problem, but called every message fine. Is that right?")
        yield Question("confirmed_but_fine:messages", text, "messages")
    if not marked and not bad:
        text = _("You confirmed a problem, but marked no words. Is it the conversation as a whole?")
        yield Question("marked_nowhere:spans", text, "spans")
    for category in settings.categories:
        if category.key in marked and category.key not in answer.categories:
            text = _("You marked words as “{category}”, but did not tick it. Is that right?")
            yield Question(
                f"marked_not_ticked:{category.key}", text.format(category=Worded(category.label)), "categories"
            )
    if answer.severity is not None:
        usual = [one for one in settings.categories if one.key in answer.categories]
        gravest = max(usual, key=lambda one: SEVERITIES.index(one.severity), default=None)
        if gravest and SEVERITIES.index(answer.severity) < SEVERITIES.index(gravest.severity) - 1:
            text = _("“{category}” is usually far worse than you say. Is that right?")
            yield Question(
                f"mild:{gravest.key}:{answer.severity}", text.format(category=Worded(gravest.label)), "severity"
            )


def _about_harmless(settings: Settings, answer: Answer) -> Iterator[Question]:
    marked = any(span.label not in settings.private_keys for span in answer.spans)
    bad = any(verdict != "fine" for verdict in answer.messages.values())
    if answer.categories or marked or bad or answer.severity is not None:
        text = _("You said that nothing is wrong, but named something that is. Are both right?")
        yield Question("harmless_with_problems:verdict", text, "verdict")
