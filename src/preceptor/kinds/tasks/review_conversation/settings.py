from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from preceptor.kinds.fields.spans.field import SpanLabel, SpansSettings
from preceptor.kinds.options import option_problems
from preceptor.kinds.tasks.review_conversation.taxonomy import DEFAULT_CATEGORIES, DEFAULT_PRIVATE, Category
from preceptor.kinds.triage import Severity
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
MOST_CATEGORIES = 24
MOST_PRIVATE = 24

# Keys of the widget and of the workbench; a category could not be reached by one of them.
RESERVED_LETTERS = frozenset("cfgjkpv")

Asked = Literal["off", "optional", "required"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form of a project of this kind.

    Attributes:
        categories: what can be wrong, each with a severity.
        private: what private data can be marked as; a mark is replaced by the key, as in `[NAME]`.
        judged: which messages get a verdict of their own.
        note: whether the person says why.
    """

    categories: tuple[Category, ...] = DEFAULT_CATEGORIES
    private: tuple[SpanLabel, ...] = DEFAULT_PRIVATE
    judged: Literal["all", "assistant", "off"] = "all"
    note: Asked = "optional"

    @property
    def marks(self) -> SpansSettings:
        """Both lists, as what words can be marked with."""
        problems = tuple(SpanLabel(one.key, one.label, one.shortcut) for one in self.categories)
        return SpansSettings(labels=problems + self.private)

    @property
    def private_keys(self) -> frozenset[str]:
        """Keys of what is taken out of the text."""
        return frozenset(one.key for one in self.private)


def settings_problems(settings: Settings) -> list[FieldProblem]:
    """What is wrong with settings of the right type: lists too short or too long, keys, letters, words."""
    return [*_problems(settings)]


def _problems(settings: Settings) -> Iterator[FieldProblem]:
    if not 1 <= len(settings.categories) <= MOST_CATEGORIES:
        message = _("Give 1 to {limit} categories.")
        yield FieldProblem("categories", message.format(limit=MOST_CATEGORIES))
    if not 1 <= len(settings.private) <= MOST_PRIVATE:
        message = _("Give 1 to {limit} kinds of private data.")
        yield FieldProblem("private", message.format(limit=MOST_PRIVATE))
    taken: set[str] = set()
    shortcuts: set[str] = set()
    yield from option_problems(settings.categories, path="categories", taken=taken, shortcuts=shortcuts)
    yield from option_problems(settings.private, path="private", taken=taken, shortcuts=shortcuts)
    for index, category in enumerate(settings.categories):
        if category.shortcut in RESERVED_LETTERS or (category.shortcut or "").isdigit():
            message = _("This key does something else here. Use another letter.")
            yield FieldProblem(f"categories.{index}.shortcut", message)
