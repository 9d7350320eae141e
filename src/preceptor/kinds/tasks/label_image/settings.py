from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from preceptor.kinds.fields.boxes.field import FIELD as BOXES
from preceptor.kinds.fields.boxes.field import LONGEST_KEY, MOST_LABELS, BoxesSettings, ShapeLabel
from preceptor.kinds.findings import below, join
from preceptor.kinds.labels import label_problems
from preceptor.kinds.pictures import Picture
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


def settings_from(pictures: Sequence[Picture]) -> Settings:
    """Settings under which what is marked on these pictures could have been drawn; the usual ones where nothing is."""
    marked = [shape for one in pictures for shape in (*one.suggestions, *(s for a in one.answers for s in a.shapes))]
    named = dict.fromkeys([*(label for one in pictures for label in one.labels), *(shape.label for shape in marked)])
    labels = tuple(ShapeLabel(key) for key in named if _is_key(key))[:MOST_LABELS]
    classes = dict.fromkeys(key for one in pictures for answer in one.answers for key in answer.classes)
    usual = Settings()
    return Settings(
        shapes=msgspec.structs.replace(
            usual.shapes,
            labels=labels or usual.shapes.labels,
            kinds=tuple(dict.fromkeys(shape.kind for shape in marked)) or usual.shapes.kinds,
        ),
        classes=tuple(ShapeLabel(key) for key in classes if _is_key(key))[:MOST_LABELS],
        choose="many" if any(len(answer.classes) != 1 for one in pictures for answer in one.answers) else "one",
    )


def _is_key(key: str) -> bool:
    return 0 < len(key) <= LONGEST_KEY and key.isprintable() and key == key.strip()


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
        if not _is_key(one.key):
            message = _("Give a name of 1 to {limit} characters, without spaces around it.").format(limit=LONGEST_KEY)
            yield FieldProblem(f"{at}.key", message)
        elif one.key in seen:
            yield FieldProblem(f"{at}.key", _("Another class has this name already."))
        seen.add(one.key)
        if one.label:
            yield from label_problems(one.label, path=f"{at}.label")
