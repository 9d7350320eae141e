from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from preceptor.kinds.fields.boxes.field import FIELD as BOXES
from preceptor.kinds.fields.boxes.field import LONGEST_KEY, MOST_LABELS, BoxesSettings, ShapeLabel
from preceptor.kinds.findings import below, join
from preceptor.kinds.labels import label_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form of a project of this kind.

    Attributes:
        shapes: what is drawn, and with which labels; no kinds of shapes where only the picture as a whole is judged.
        classes: what a picture as a whole can show; none where that is not asked.
        choose: `one` of the classes, or `many` of them, none included.
        suggestions: `decide`: each suggested shape is accepted or rejected before the work can be handed in;
            `optional`: what nobody decided counts as rejected; `hide`: they are not shown.
    """

    shapes: BoxesSettings = BoxesSettings()
    classes: tuple[ShapeLabel, ...] = ()
    choose: Literal["one", "many"] = "one"
    suggestions: Literal["decide", "optional", "hide"] = "decide"

    @property
    def draws(self) -> bool:
        """Whether shapes are asked for at all."""
        return bool(self.shapes.kinds)


def settings_problems(settings: Settings) -> list[FieldProblem]:
    """What is wrong with settings of the right type."""
    return [*_shape_problems(settings), *_class_problems(settings)]


def _shape_problems(settings: Settings) -> Iterator[FieldProblem]:
    if settings.draws:
        yield from below("shapes", BOXES.validate_settings(settings.shapes))
    elif not settings.classes:
        yield FieldProblem("shapes.kinds", _("Choose shapes to draw, or name classes for the whole picture."))


def _class_problems(settings: Settings) -> Iterator[FieldProblem]:
    if len(settings.classes) > MOST_LABELS:
        yield FieldProblem("classes", _("Use at most {limit} classes.").format(limit=MOST_LABELS))
    seen: set[str] = set()
    for index, one in enumerate(settings.classes):
        at = join("classes", index)
        if not 0 < len(one.key.strip()) <= LONGEST_KEY or not one.key.isprintable() or one.key != one.key.strip():
            message = _("Give a name of 1 to {limit} characters, without spaces around it.").format(limit=LONGEST_KEY)
            yield FieldProblem(f"{at}.key", message)
        elif one.key in seen:
            yield FieldProblem(f"{at}.key", _("Another class has this name already."))
        seen.add(one.key)
        if one.label:
            yield from label_problems(one.label, path=f"{at}.label")
