from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.fields.boxes.field import FIELD as BOXES
from preceptor.kinds.scoring import Said, said_even_blank
from preceptor.kinds.tasks.label_image.item import Answer
from preceptor.kinds.tasks.label_image.release import shared
from preceptor.kinds.tasks.label_image.settings import Settings
from preceptor.lib.i18n import _


def said_by(settings: Settings, answer: Answer) -> Iterator[Said]:
    """What an answer says. Nothing drawn says that there is nothing to be drawn, where there are classes as well."""
    if settings.draws and (answer.shapes or answer.classes):
        yield said_even_blank(BOXES, settings.shapes, answer.shapes, name="shapes", title=_("Shapes"))
    if settings.classes and (answer.classes or (answer.shapes and settings.choose == "many")):
        yield Said("classes", _("Classes of the picture"), "", frozenset(answer.classes), shared)
