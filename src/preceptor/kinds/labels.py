"""Words a project's people write themselves (error types, ends of a scale): kept once per language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import SOURCE_LANGUAGE, _, current_language

Labels = dict[str, str]
"""Language code (`en`, `es`, `pt-BR`) to the words in that language."""

MAX_LABEL_CHARACTERS = 120


def label_in(labels: Labels, language: str) -> str:
    """The words in `language`; else in its base language, else in English, else in whichever there is.

    >>> label_in({"en": "Spelling", "es": "Ortografía"}, "es-AR")
    'Ortografía'
    """
    for wish in (language, language.replace("_", "-"), language.replace("_", "-").split("-")[0], SOURCE_LANGUAGE):
        if found := labels.get(wish):
            return found
    return next((text for text in labels.values() if text), "")


@dataclass(frozen=True, slots=True)
class Worded:
    """A label as a value inside a lazy text: it becomes words in the language of whoever reads the sentence."""

    labels: Labels

    def __str__(self) -> str:
        return label_in(self.labels, current_language())


def label_problems(labels: Labels, *, path: str) -> Iterator[FieldProblem]:
    """What is wrong with words per language: none at all, blank ones, or ones too long to show."""
    if not labels:
        yield FieldProblem(path, _("Write this in at least one language."))
    for language, text in labels.items():
        if not text.strip() or "\0" in text:
            yield FieldProblem(f"{path}.{language}", _("Write this, or remove the language."))
        elif len(text) > MAX_LABEL_CHARACTERS:
            message = _("Use at most {limit} characters.").format(limit=MAX_LABEL_CHARACTERS)
            yield FieldProblem(f"{path}.{language}", message)
