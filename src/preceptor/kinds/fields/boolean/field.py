from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec

from preceptor.kinds.agreement import Measure, krippendorff_alpha, measured, nominal_difference
from preceptor.kinds.field import Field, FieldSample, Subject
from preceptor.kinds.given import FieldValue
from preceptor.kinds.labels import Labels, label_in, label_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, current_language


def _yes() -> Labels:
    return {"en": "Yes", "es": "Sí"}


def _no() -> Labels:
    return {"en": "No", "es": "No"}


class BooleanSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words for both answers, per language."""

    yes: Labels = msgspec.field(default_factory=_yes)
    no: Labels = msgspec.field(default_factory=_no)


class BooleanField(Field[BooleanSettings, bool]):
    """Yes or no; nothing said is neither."""

    key = "boolean"
    title = _("Yes or no")
    description = _("A question with two answers.")
    settings_type = BooleanSettings
    value_type = bool
    setting_names: ClassVar[Mapping[str, LazyText]] = {"yes": _("Word for yes"), "no": _("Word for no")}
    operators = ("answered", "unanswered", "is")

    def validate_settings(self, settings: BooleanSettings) -> list[FieldProblem]:
        """Words for both."""
        return [*label_problems(settings.yes, path="yes"), *label_problems(settings.no, path="no")]

    def validate(self, settings: BooleanSettings, value: bool, *, options: Sequence[str] = ()) -> list[FieldProblem]:  # noqa: FBT001 (it is the value)
        """Either will do."""
        del settings, value, options
        return []

    def in_words(self, settings: BooleanSettings, value: bool) -> str:  # noqa: FBT001 (it is the value)
        """The word for it."""
        return label_in(settings.yes if value else settings.no, current_language())

    def written(
        self,
        settings: BooleanSettings,
        value: bool,  # noqa: FBT001 (it is the value)
        subject: Subject,
        *,
        name: str,
        on: str,
    ) -> list[FieldValue]:
        """As a choice between `yes` and `no`."""
        del settings, subject
        return [FieldValue(name, on, "choices", {"choices": ["yes" if value else "no"]})]

    def read(self, settings: BooleanSettings, values: Sequence[FieldValue]) -> bool | None:
        """Either by its key, or by its words in any language."""
        for one in values:
            for said in one.value.get("choices", ()):
                for words, answer in ((settings.yes, True), (settings.no, False)):
                    if said == ("yes" if answer else "no") or said in words.values():
                        return answer
        return None

    def agreement(self, settings: BooleanSettings, units: Sequence[Sequence[bool]]) -> Measure:
        """Krippendorff's alpha with the nominal difference."""
        del settings
        found, pairs = measured(units)
        return Measure(
            key="boolean_alpha",
            title=_("Yes or no: Krippendorff’s alpha, nominal"),
            value=krippendorff_alpha(units, difference=nominal_difference),
            units=found,
            pairs=pairs,
        )

    def sample(self) -> FieldSample[BooleanSettings, bool]:
        """Yes, and no."""
        return FieldSample(settings=BooleanSettings(), value=True, changed=False)


FIELD = BooleanField()
