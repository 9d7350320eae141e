from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.content import Content, Provenance
from preceptor.kinds.findings import Question
from preceptor.kinds.given import GivenAnswer
from preceptor.kinds.pictures import Picture, PictureFile
from preceptor.kinds.scoring import Said
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.task import InvalidItemError, Sample, TaskKind
from preceptor.kinds.tasks.label_image.changes import answer_changes
from preceptor.kinds.tasks.label_image.item import Answer, ItemContent, item_from, item_problems
from preceptor.kinds.tasks.label_image.release import agreement_of, rows_of
from preceptor.kinds.tasks.label_image.said import said_by
from preceptor.kinds.tasks.label_image.sample import make_sample
from preceptor.kinds.tasks.label_image.settings import Settings, settings_from, settings_problems
from preceptor.kinds.tasks.label_image.validation import answer_problems, answer_questions
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class LabelImage(TaskKind[Settings, ItemContent, Answer]):
    """Draw and name what is to be seen on a picture, and say what the picture shows as a whole."""

    key = "label_image"
    title = _("Label pictures")
    description = _("Draw and name boxes, polygons and points on a picture, and classify it as a whole.")
    settings_type = Settings
    item_type = ItemContent
    answer_type = Answer
    accepts = (Picture,)

    def settings_from_content(self, contents: Sequence[Content]) -> Settings:
        """The names and kinds of shapes that the pictures bring along."""
        return settings_from([content for content in contents if isinstance(content, Picture)])

    def validate_settings(self, settings: Settings) -> list[FieldProblem]:
        """Something to draw or to choose, with names of their own."""
        return settings_problems(settings)

    def validate_item(self, item: ItemContent) -> list[FieldProblem]:
        """Suggestions that lie on the picture."""
        return item_problems(item)

    def item_from_content(self, content: Content) -> ItemContent:
        """A picture that a format read."""
        if not isinstance(content, Picture):
            return super().item_from_content(content)
        item = item_from(content)
        if problems := item_problems(item):
            raise InvalidItemError(fields=problems)
        return item

    def answers_from_content(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], content: Content
    ) -> list[GivenAnswer[Answer]]:
        """What people elsewhere marked on the picture; their names for things need not be the form's."""
        del settings, item, turns
        if not isinstance(content, Picture):
            return []
        return [
            GivenAnswer(worker=one.worker, answer=Answer(shapes=one.shapes, classes=one.classes))
            for one in content.answers
        ]

    def item_files(self, item: ItemContent) -> tuple[PictureFile, ...]:
        """The picture."""
        return (item.file,)

    def item_shown(self, item: ItemContent) -> dict[str, Any]:
        """Without unknown fields, which may tell what others saw."""
        shown: dict[str, Any] = msgspec.to_builtins(item)
        del shown["source"]
        return shown

    def item_summary(self, item: ItemContent) -> str:
        """The picture's name."""
        return item.file.name

    def item_source(self, item: ItemContent) -> dict[str, Any]:
        """Fields of the imported row that nobody knew."""
        return item.source

    def validate_answer(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[FieldProblem]:
        """Shapes with labels, on the picture; every suggestion decided; a class where one is asked for."""
        del turns
        return answer_problems(settings, item, answer)

    def questions(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[Question]:
        """Nothing marked, or the same thing twice."""
        del item, turns
        return answer_questions(settings, answer)

    def changes(
        self, settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer
    ) -> list[AnswerChange]:
        """Shapes added, removed, renamed or moved, and the classes."""
        del turns
        return answer_changes(settings, before, after)

    def said(self, settings: Settings, answer: Answer) -> tuple[Said, ...]:
        """The shapes, and the classes of the picture."""
        return tuple(said_by(settings, answer))

    def agreement(self, settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
        """Panoptic quality and F measure of the shapes, likeness of the classes."""
        return agreement_of(settings, answers)

    def content_rows(
        self,
        settings: Settings,
        item: ItemContent,
        turns: Sequence[TurnShown],
        answer: Answer,
        provenance: Provenance,
    ) -> list[Content]:
        """One `LabelledPicture`."""
        del turns
        return rows_of(settings, item, answer, provenance)

    def sample(self) -> Sample[Settings, ItemContent, Answer]:
        """A crossing."""
        return make_sample()


KIND = LabelImage()
