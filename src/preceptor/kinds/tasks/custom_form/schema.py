"""What is wrong with a form somebody put together, by the place where it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from preceptor.kinds.field import Field
from preceptor.kinds.findings import below, join
from preceptor.kinds.labels import Labels, label_problems
from preceptor.kinds.options import key_problems
from preceptor.kinds.positions import position_problems
from preceptor.kinds.reading import MalformedError, read_json, text_problems
from preceptor.kinds.registry import fields
from preceptor.kinds.tasks.custom_form.settings import (
    MOST_FIELDS,
    MOST_RESPONSES,
    MOST_TURNS,
    Condition,
    FormField,
    Settings,
)
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

LONGEST_HELP = 1_000


def form_problems(settings: Settings) -> list[FieldProblem]:
    """Everything wrong with settings of the right type."""
    problems: list[FieldProblem] = []
    if not 1 <= len(settings.fields) <= MOST_FIELDS:
        problems.append(FieldProblem("fields", _("Ask 1 to {most} questions.").format(most=MOST_FIELDS)))
    taken: set[str] = set()
    for index, form in enumerate(settings.fields):
        at = join("fields", index)
        problems += key_problems(form.key, taken, path=join(at, "key"))
        problems += below(at, _field_problems(form, settings.fields[:index]))
    shown: set[str] = set()
    for index, one in enumerate(settings.shown):
        if one.key in shown:
            problems.append(FieldProblem(join("shown", index, "key"), _("This is shown twice.")))
        shown.add(one.key)
        if one.title:
            problems += label_problems(one.title, path=join("shown", index, "title"))
    problems += _asking_problems(settings)
    return problems + position_problems(settings.positions, responses=settings.responses)


def _asking_problems(settings: Settings) -> Iterator[FieldProblem]:
    """How many responses and turns there are, and whether what is asked once can be asked of so many."""
    bounds = (("responses", 0, MOST_RESPONSES), ("min_turns", 1, MOST_TURNS), ("max_turns", 1, MOST_TURNS))
    for name, least, most in bounds:
        if not least <= getattr(settings, name) <= most:
            yield FieldProblem(name, _("Give a number from {least} to {most}.").format(least=least, most=most))
    if settings.min_turns > settings.max_turns:
        yield FieldProblem("max_turns", _("This is less than the smallest number of turns."))
    if settings.max_turns == 1:
        return
    if settings.responses == 0:
        yield FieldProblem("max_turns", _("A conversation needs responses of models. Ask for at least one."))
    for index, form in enumerate(settings.fields):
        one = fields().get(form.field)
        if one is not None and one.needs == "things" and form.scope == "item":
            message = _("Responses to different prompts cannot be compared: ask this of each turn.")
            yield FieldProblem(join("fields", index, "scope"), message)


def _field_problems(form: FormField, earlier: Sequence[FormField]) -> Iterator[FieldProblem]:
    yield from _question_problems(form.label)
    for language, text in form.help.items():
        if len(text) > LONGEST_HELP or "\0" in text:
            message = _("Use at most {limit} characters.").format(limit=LONGEST_HELP)
            yield FieldProblem(join("help", language), message)
    one = fields().get(form.field)
    if one is None:
        yield FieldProblem("field", _("There is no form field named “{key}” here.").format(key=form.field))
        return
    if one.needs == "pictures" and form.scope != "item":
        yield FieldProblem("scope", _("There is one picture: ask this once."))
    yield from _settings_problems(form, one)
    for index, condition in enumerate(form.conditions):
        yield from below(join("conditions", index), _condition_problems(condition, form, earlier))


def _question_problems(label: Labels) -> Iterator[FieldProblem]:
    """Questions may be as long as a help text."""
    if not any(text.strip() for text in label.values()):
        yield FieldProblem("label", _("Write the question."))
    for language, text in label.items():
        yield from text_problems(text, path=join("label", language))
        if len(text) > LONGEST_HELP:
            message = _("Use at most {limit} characters.").format(limit=LONGEST_HELP)
            yield FieldProblem(join("label", language), message)


def _settings_problems(form: FormField, one: Field[Any, Any]) -> Iterator[FieldProblem]:
    try:
        settings = read_json(form.settings, decoder=msgspec.json.Decoder(one.settings_type))
    except MalformedError as error:
        yield from below("settings", error.fields)
        return
    problems = one.validate_settings(settings)
    yield from below("settings", problems)
    if form.default is None or problems:
        return
    try:
        value = msgspec.convert(form.default, one.value_type)
    except msgspec.ValidationError:
        yield FieldProblem("default", _("This is not a value of this field."))
        return
    if one.needs:
        yield FieldProblem("default", _("This field depends on what is shown, so it cannot start from a value."))
    else:
        yield from below("default", one.validate(settings, value))


def _condition_problems(condition: Condition, form: FormField, earlier: Sequence[FormField]) -> Iterator[FieldProblem]:
    other = next((one for one in earlier if one.key == condition.field), None)
    if other is None:
        yield FieldProblem("field", _("Choose a question that comes before this one."))
        return
    if other.scope not in {"item", form.scope}:
        message = _("Choose a question that is asked once, or about the same thing as this one.")
        yield FieldProblem("field", message)
    one = fields().get(other.field)
    if one is None:
        return
    if condition.operator not in one.operators:
        yield FieldProblem("operator", _("This cannot be asked of such a question."))
    elif condition.operator in {"includes", "excludes"}:
        if condition.value not in _options(other, one):
            yield FieldProblem("value", _("Choose one of its options."))
    elif condition.operator not in {"answered", "unanswered"} and not _fits(one, condition.value):
        yield FieldProblem("value", _("Give a value to compare with."))


def _options(other: FormField, one: Field[Any, Any]) -> set[str]:
    """Keys of the options of a question, groups and all."""
    found: set[str] = set()
    settings = msgspec.to_builtins(one.default_settings()) | other.settings
    pending = list(settings.get(one.options_setting, ()))
    while pending:
        option = pending.pop()
        if isinstance(option, dict) and isinstance(option.get("key"), str):
            found.add(option["key"])
            pending += option.get("options", ())
    return found


def _fits(one: Field[Any, Any], value: Any) -> bool:
    """Whether a value could be an answer: one that the field can never have is a slip."""
    if value is None:
        return False
    try:
        msgspec.convert(value, one.value_type)
    except msgspec.ValidationError:
        return False
    return True
