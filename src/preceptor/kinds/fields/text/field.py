from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

import msgspec

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured
from preceptor.kinds.field import Field, FieldSample, Subject
from preceptor.kinds.given import FieldValue
from preceptor.kinds.reading import text_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, ngettext_lazy

MAX_WORDS = 10_000


class TextSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a text has to be.

    Attributes:
        required: blank text is refused.
        min_words, max_words: bounds for a text that is not blank; None for none.
    """

    required: bool = False
    min_words: int | None = None
    max_words: int | None = None


class TextField(Field[TextSettings, str]):
    """Free text, as Markdown."""

    key = "text"
    title = _("Text")
    description = _("A text of any length, written freely.")
    settings_type = TextSettings
    value_type = str
    is_prose = True
    setting_names: ClassVar[Mapping[str, LazyText]] = {
        "min_words": _("Words, at least"),
        "max_words": _("Words, at most"),
    }

    def is_blank(self, value: str) -> bool:
        """White space says nothing."""
        return not value.strip()

    def validate_settings(self, settings: TextSettings) -> list[FieldProblem]:
        """Bounds have to be sensible, and in order."""
        problems = []
        for name in ("min_words", "max_words"):
            bound = getattr(settings, name)
            if bound is not None and not 1 <= bound <= MAX_WORDS:
                message = _("Give a number from 1 to {most}.").format(most=MAX_WORDS)
                problems.append(FieldProblem(name, message))
        low, high = settings.min_words, settings.max_words
        if not problems and low is not None and high is not None and low > high:
            problems.append(FieldProblem("max_words", _("This is less than the smallest number of words.")))
        return problems

    def validate(self, settings: TextSettings, value: str, *, options: Sequence[str] = ()) -> list[FieldProblem]:
        """Size, forbidden characters, presence and number of words."""
        del options
        if problems := list(text_problems(value)):
            return problems
        if not value.strip():
            return [FieldProblem("", _("Write something here."))] if settings.required else []
        if settings.min_words is None and settings.max_words is None:
            return []
        count = len(value.split())
        if settings.min_words is not None and count < settings.min_words:
            message = ngettext_lazy("Write at least {count} word.", "Write at least {count} words.", settings.min_words)
            return [FieldProblem("", message)]
        if settings.max_words is not None and count > settings.max_words:
            message = ngettext_lazy("Write at most {count} word.", "Write at most {count} words.", settings.max_words)
            return [FieldProblem("", message)]
        return []

    def written(self, settings: TextSettings, value: str, subject: Subject, *, name: str, on: str) -> list[FieldValue]:
        """As a TextArea's result."""
        del settings, subject
        return [FieldValue(name, on, "textarea", {"text": [value]})]

    def read(self, settings: TextSettings, values: Sequence[FieldValue]) -> str | None:
        """Several texts become paragraphs."""
        del settings
        found = [text for one in values for text in _texts(one.value.get("text")) if text.strip()]
        return "\n\n".join(found) or None

    def agreement(self, settings: TextSettings, units: Sequence[Sequence[str]]) -> Measure:
        """Mean similarity of pairs of texts, word by word."""
        del settings
        found, pairs = measured(units)
        return Measure(
            key="text_similarity",
            title=_("Similarity of texts (pairs of words in common)"),
            value=mean_of_pairs(units, similarity=similarity),
            units=found,
            pairs=pairs,
        )

    def sample(self) -> FieldSample[TextSettings, str]:
        """A sentence, and another."""
        return FieldSample(
            settings=TextSettings(required=True, min_words=3, max_words=50),
            value="Cold air contracts, so the pressure falls.",
            changed="Cold air contracts, and road salt corrodes the rim.",
        )


def similarity(one: str, other: str) -> float:
    """How much two texts have in common: 1 for the same words in the same order, 0 for no two neighbours shared.

    The Sørensen-Dice coefficient 2·|A ∩ B| / (|A| + |B|) over the multisets of neighbouring words (a text's beginning
    and end count as neighbours too); letter case and white space do not count. Source: Dice, L. R. (1945), *Measures of
    the Amount of Ecologic Association Between Species*. Linear in the length of the texts, unlike an edit distance.
    """
    a, b = _neighbours(one), _neighbours(other)
    return 2 * (a & b).total() / (a.total() + b.total())


def _neighbours(text: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(["", *text.casefold().split(), ""]))


def _texts(value: object) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


FIELD = TextField()
