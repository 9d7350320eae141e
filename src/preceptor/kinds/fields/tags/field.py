from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import msgspec

from preceptor.kinds.agreement import Measure, krippendorff_alpha, masi_distance, measured
from preceptor.kinds.field import Field, FieldSample, Subject
from preceptor.kinds.findings import join
from preceptor.kinds.given import FieldValue
from preceptor.kinds.labels import Labels, label_in, label_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, current_language

MOST_TAGS = 64

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_SHORTCUT = re.compile(r"[a-z]\Z")


class Tag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a taxonomy.

    Attributes:
        key: what is stored and released; small letters, digits and underscores.
        label: what people read, per language.
        shortcut: one small letter that ticks it from the keyboard; None for none.
        severity: how much it weighs.
        sensitive: what it names may be hard to bear; such texts are announced before they are shown.
    """

    key: str
    label: Labels
    shortcut: str | None = None
    severity: Literal["major", "minor"] = "major"
    sensitive: bool = False


class TagsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The taxonomy to choose from; any number of tags may be chosen, none as well."""

    tags: tuple[Tag, ...] = ()


class TagsField(Field[TagsSettings, tuple[str, ...]]):
    """Any number of tags out of a taxonomy."""

    key = "tags"
    title = _("Tags")
    description = _("Any number of tags from a list, each with a key of its own.")
    settings_type = TagsSettings
    value_type = tuple[str, ...]
    setting_names: ClassVar[Mapping[str, LazyText]] = {
        "tags": _("Tags"),
        "tags.label": _("Name"),
        "tags.key": _("Key"),
        "tags.shortcut": _("Letter"),
        "tags.severity": _("Severity"),
        "tags.severity=major": _("Major"),
        "tags.severity=minor": _("Minor"),
        "tags.sensitive": _("Hard to bear"),
    }
    options_setting = "tags"
    operators = ("answered", "unanswered", "includes", "excludes")

    def in_words(self, settings: TagsSettings, value: tuple[str, ...]) -> str:
        """The labels, in the order of the taxonomy."""
        language = current_language()
        known = [label_in(tag.label, language) for tag in settings.tags if tag.key in value]
        return ", ".join([*known, *sorted(set(value) - {tag.key for tag in settings.tags})])

    def validate_settings(self, settings: TagsSettings) -> list[FieldProblem]:
        """Keys and shortcuts that are well formed and unique, and labels."""
        problems: list[FieldProblem] = []
        if len(settings.tags) > MOST_TAGS:
            problems.append(FieldProblem("tags", _("Use at most {limit} tags.").format(limit=MOST_TAGS)))
        keys: set[str] = set()
        shortcuts: set[str] = set()
        for index, tag in enumerate(settings.tags):
            at = join("tags", index)
            if not _KEY.match(tag.key):
                message = _("Use small letters, digits and underscores, starting with a letter; 40 at most.")
                problems.append(FieldProblem(f"{at}.key", message))
            elif tag.key in keys:
                problems.append(FieldProblem(f"{at}.key", _("Another tag has this key already.")))
            keys.add(tag.key)
            if tag.shortcut is not None:
                if not _SHORTCUT.match(tag.shortcut):
                    problems.append(FieldProblem(f"{at}.shortcut", _("Use one letter from a to z.")))
                elif tag.shortcut in shortcuts:
                    problems.append(FieldProblem(f"{at}.shortcut", _("Another tag has this shortcut already.")))
                shortcuts.add(tag.shortcut)
            problems += label_problems(tag.label, path=f"{at}.label")
        return problems

    def validate(
        self, settings: TagsSettings, value: tuple[str, ...], *, options: Sequence[str] = ()
    ) -> list[FieldProblem]:
        """Known tags, each once."""
        del options
        known = {tag.key for tag in settings.tags}
        problems = [
            FieldProblem(str(index), _("There is no tag “{key}” in this form.").format(key=key))
            for index, key in enumerate(value)
            if key not in known
        ]
        if len(set(value)) != len(value):
            problems.append(FieldProblem("", _("A tag is given twice.")))
        return problems

    def written(
        self, settings: TagsSettings, value: tuple[str, ...], subject: Subject, *, name: str, on: str
    ) -> list[FieldValue]:
        """As a result of Choices."""
        del settings, subject
        return [FieldValue(name, on, "choices", {"choices": list(value)})]

    def read(self, settings: TagsSettings, values: Sequence[FieldValue]) -> list[str] | None:
        """Tags by their keys, or by their words in any language."""
        by_words = {said: tag.key for tag in settings.tags for said in (*tag.label.values(), tag.key)}
        said = [words for one in values for words in one.value.get("choices", ())]
        return list(dict.fromkeys(by_words[words] for words in said if words in by_words)) or None

    def agreement(self, settings: TagsSettings, units: Sequence[Sequence[tuple[str, ...]]]) -> Measure:
        """Krippendorff's alpha with the MASI distance between sets."""
        del settings
        found, pairs = measured(units)
        return Measure(
            key="tags_alpha",
            title=_("Tags: Krippendorff’s alpha, distance of sets"),
            value=krippendorff_alpha(
                [[frozenset(value) for value in values] for values in units], difference=masi_distance
            ),
            units=found,
            pairs=pairs,
        )

    def likeness(self, settings: TagsSettings, key: tuple[str, ...], value: tuple[str, ...]) -> float:
        """1 less the MASI distance between sets; nothing ticked where nothing is to be ticked is right."""
        del settings
        return 1 - masi_distance(key, value)

    def sample(self) -> FieldSample[TagsSettings, tuple[str, ...]]:
        """Two tags of three, and one."""
        return FieldSample(
            settings=TagsSettings(
                tags=(
                    Tag(key="spelling", label={"en": "Spelling", "es": "Ortografía"}, shortcut="s", severity="minor"),
                    Tag(key="misleading", label={"en": "Misleading", "es": "Engañosa"}, shortcut="m"),
                    Tag(key="violent", label={"en": "Violent", "es": "Violenta"}, shortcut="v", sensitive=True),
                )
            ),
            value=("spelling", "misleading"),
            changed=("violent",),
        )


FIELD = TagsField()
