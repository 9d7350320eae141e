from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from preceptor.kinds.agreement import Measure, krippendorff_alpha, masi_distance, measured
from preceptor.kinds.field import Field, FieldSample, Subject
from preceptor.kinds.findings import join
from preceptor.kinds.given import FieldValue
from preceptor.kinds.labels import Labels, label_in
from preceptor.kinds.options import option_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, current_language

FEWEST_OPTIONS = 2
MOST_OPTIONS = 500
DEEPEST = 5

Keys = tuple[str, ...]


class ChoiceOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to choose, or a group of such things.

    Attributes:
        key: what is stored and released, unique in the whole tree; small letters, digits and underscores.
        label: what people read, per language.
        shortcut: one small letter or digit that chooses it from the keyboard; None for none.
        options: what is below it; none for something that is not a group.
    """

    key: str
    label: Labels
    shortcut: str | None = None
    options: tuple[ChoiceOption, ...] = ()


def _options() -> tuple[ChoiceOption, ...]:
    return (
        ChoiceOption("yes", {"en": "Yes", "es": "Sí"}),
        ChoiceOption("partly", {"en": "Partly", "es": "En parte"}),
        ChoiceOption("no", {"en": "No", "es": "No"}),
    )


class ChoiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to choose among.

    Attributes:
        options: a list, or a tree: up to 500 in all, five levels deep.
        multiple: several may be chosen.
        groups: a group itself may be chosen, and not only what is in it.
        layout: all to be seen, or in a menu that opens (one level, one choice; elsewhere it is a list all the same).
    """

    options: tuple[ChoiceOption, ...] = msgspec.field(default_factory=_options)
    multiple: bool = False
    groups: bool = False
    layout: Literal["list", "menu"] = "list"


class ChoiceField(Field[ChoiceSettings, Keys]):
    """One or several options out of a list or a tree."""

    key = "choice"
    title = _("Choice")
    description = _("One or several out of a list, or out of a tree of groups.")
    settings_type = ChoiceSettings
    value_type = Annotated[Keys, msgspec.Meta(max_length=MOST_OPTIONS)]
    setting_names: ClassVar[Mapping[str, LazyText]] = {
        "options": _("Options"),
        "options.label": _("Name"),
        "options.key": _("Key"),
        "options.shortcut": _("Letter"),
        "options.options": _("Options in this group"),
        "multiple": _("Several can be chosen"),
        "groups": _("A group itself can be chosen"),
        "layout": _("Shown as"),
        "layout=list": _("List"),
        "layout=menu": _("Menu"),
    }
    options_setting = "options"
    operators = ("answered", "unanswered", "includes", "excludes")

    def validate_settings(self, settings: ChoiceSettings) -> list[FieldProblem]:
        """Enough options, not too many, not too deep; keys and shortcuts that are well formed and unique."""
        problems: list[FieldProblem] = []
        found = list(_walk(settings.options))
        leaves = [option for option, _depth in found if settings.groups or not option.options]
        if not FEWEST_OPTIONS <= len(leaves) <= len(found) <= MOST_OPTIONS:
            message = _("Give {least} to {most} options.").format(least=FEWEST_OPTIONS, most=MOST_OPTIONS)
            problems.append(FieldProblem("options", message))
        if any(depth > DEEPEST for _option, depth in found):
            problems.append(FieldProblem("options", _("Use at most {most} levels.").format(most=DEEPEST)))
        return problems + list(_problems(settings.options, "options", set(), set()))

    def validate(self, settings: ChoiceSettings, value: Keys, *, options: Sequence[str] = ()) -> list[FieldProblem]:
        """Options that can be chosen, each once; not more than one where one is asked for."""
        del options
        allowed = choosable(settings)
        problems = [
            FieldProblem(str(index), _("There is no option “{key}” in this form.").format(key=key))
            for index, key in enumerate(value)
            if key not in allowed
        ]
        if len(set(value)) != len(value):
            problems.append(FieldProblem("", _("An option is given twice.")))
        elif len(value) > 1 and not settings.multiple:
            problems.append(FieldProblem("", _("Choose one only.")))
        return problems

    def in_words(self, settings: ChoiceSettings, value: Keys) -> str:
        """The labels, with the groups they are in, in the order of the form."""
        language = current_language()
        paths = {key: " › ".join(label_in(one, language) for one in path) for key, path in label_paths(settings)}
        known = [words for key, words in paths.items() if key in value]
        return ", ".join([*known, *sorted(set(value) - paths.keys())])

    def written(
        self, settings: ChoiceSettings, value: Keys, subject: Subject, *, name: str, on: str
    ) -> list[FieldValue]:
        """As the result of Choices, or for a tree of Taxonomy, with keys for labels."""
        del subject
        if not any(option.options for option in settings.options):
            return [FieldValue(name, on, "choices", {"choices": list(value)})]
        paths = dict(key_paths(settings))
        return [FieldValue(name, on, "taxonomy", {"taxonomy": [list(paths[key]) for key in value if key in paths]})]

    def read(self, settings: ChoiceSettings, values: Sequence[FieldValue]) -> list[str] | None:
        """Options by their keys, or by their words in any language."""
        by_words = {said: key for key, path in label_paths(settings) for said in (*path[-1].values(), key)}
        said: list[Any] = []
        for one in values:
            said += _list(one.value.get("choices"))
            said += [path[-1] for path in _list(one.value.get("taxonomy")) if isinstance(path, list) and path]
        found = [by_words[words] for words in said if isinstance(words, str) and words in by_words]
        return list(dict.fromkeys(found)) or None

    def agreement(self, settings: ChoiceSettings, units: Sequence[Sequence[Keys]]) -> Measure:
        """Krippendorff's alpha: nominal, which for several choices widens to the MASI distance between sets."""
        del settings
        found, pairs = measured(units)
        sets = [[frozenset(value) for value in values] for values in units]
        return Measure(
            key="choice_alpha",
            title=_("Choices: Krippendorff’s alpha, nominal"),
            value=krippendorff_alpha(sets, difference=masi_distance),
            units=found,
            pairs=pairs,
        )

    def likeness(self, settings: ChoiceSettings, key: Keys, value: Keys) -> float:
        """1 less the MASI distance between sets; for one choice, the same or not."""
        del settings
        return 1 - masi_distance(key, value)

    def sample(self) -> FieldSample[ChoiceSettings, Keys]:
        """Two leaves of a tree, and another one."""
        return FieldSample(
            settings=ChoiceSettings(
                options=(
                    ChoiceOption(
                        "animal",
                        {"en": "Animal", "es": "Animal"},
                        options=(
                            ChoiceOption("cat", {"en": "Cat", "es": "Gato"}, "c"),
                            ChoiceOption("dog", {"en": "Dog", "es": "Perro"}, "d"),
                        ),
                    ),
                    ChoiceOption("plant", {"en": "Plant", "es": "Planta"}, "p"),
                ),
                multiple=True,
            ),
            value=("cat", "plant"),
            changed=("dog",),
        )


def _walk(options: Sequence[ChoiceOption], depth: int = 1) -> Iterator[tuple[ChoiceOption, int]]:
    for option in options:
        yield option, depth
        yield from _walk(option.options, depth + 1)


def _problems(
    options: Sequence[ChoiceOption], path: str, taken: set[str], shortcuts: set[str]
) -> Iterator[FieldProblem]:
    yield from option_problems(options, path=path, taken=taken, shortcuts=shortcuts)
    for index, option in enumerate(options):
        yield from _problems(option.options, join(path, index, "options"), taken, shortcuts)


def choosable(settings: ChoiceSettings) -> frozenset[str]:
    """Keys of what can be chosen: everything but groups, or groups as well."""
    return frozenset(option.key for option, _depth in _walk(settings.options) if settings.groups or not option.options)


def label_paths(settings: ChoiceSettings) -> Iterator[tuple[str, tuple[Labels, ...]]]:
    """Each key with the labels of the groups it is in and its own, in the order of the form."""

    def below(options: Sequence[ChoiceOption], above: tuple[Labels, ...]) -> Iterator[tuple[str, tuple[Labels, ...]]]:
        for option in options:
            path = (*above, option.label)
            yield option.key, path
            yield from below(option.options, path)

    yield from below(settings.options, ())


def key_paths(settings: ChoiceSettings) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each key with the keys of the groups it is in and its own."""

    def below(options: Sequence[ChoiceOption], above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for option in options:
            path = (*above, option.key)
            yield option.key, path
            yield from below(option.options, path)

    yield from below(settings.options, ())


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


FIELD = ChoiceField()
