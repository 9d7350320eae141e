"""What an accepted answer gives to releases, and how far several answers agree."""

from __future__ import annotations

from collections.abc import Sequence

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured
from preceptor.kinds.content import Content, Provenance
from preceptor.kinds.fields.boxes.field import FIELD as BOXES
from preceptor.kinds.fields.boxes.field import found_alike
from preceptor.kinds.pictures import LabelledPicture
from preceptor.kinds.tasks.label_image.item import Answer, ItemContent
from preceptor.kinds.tasks.label_image.settings import Settings
from preceptor.lib.i18n import _


def rows_of(settings: Settings, item: ItemContent, answer: Answer, provenance: Provenance) -> list[Content]:
    """The picture with everything marked on it. Names that the form does not have, from imports, come after its own."""
    own = [label.key for label in settings.shapes.labels] if settings.draws else []
    classes = [one.key for one in settings.classes]
    return [
        LabelledPicture(
            file=item.file,
            provenance=provenance,
            shapes=answer.shapes,
            classes=answer.classes,
            labels=tuple(dict.fromkeys([*own, *(shape.label for shape in answer.shapes)])),
            class_names=tuple(dict.fromkeys([*classes, *answer.classes])),
        )
    ]


def agreement_of(settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
    """Panoptic quality and F measure of the shapes, and the likeness of the classes, where the form asks for them."""
    measures: list[Measure] = []
    if settings.draws:
        shapes = [[answer.shapes for answer in given] for given in answers]
        found, pairs = measured(shapes)
        value = mean_of_pairs(shapes, similarity=lambda one, other: found_alike(settings.shapes, one, other))
        title = _("Shapes found by both: F measure at an overlap of one half, mean over pairs of people")
        measures += [
            BOXES.agreement(settings.shapes, shapes),
            Measure(key="shapes_found", title=title, value=value, units=found, pairs=pairs),
        ]
    if settings.classes:
        classes = [[frozenset(answer.classes) for answer in given] for given in answers]
        found, pairs = measured(classes)
        title = _("Whole pictures: shared classes among all given (Jaccard), mean over pairs of people")
        value = mean_of_pairs(classes, similarity=shared)
        measures.append(Measure(key="classes_shared", title=title, value=value, units=found, pairs=pairs))
    return tuple(measures)


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """What both sets have as a share of what any of them has; two empty sets are the same. Source: Jaccard (1901)."""
    return len(one & other) / len(one | other) if one | other else 1.0
