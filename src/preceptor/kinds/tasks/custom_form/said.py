from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.labels import Worded
from preceptor.kinds.scoring import Said, said_in
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.asking import asked_in
from preceptor.kinds.tasks.custom_form.release import values_of
from preceptor.kinds.tasks.custom_form.settings import Settings
from preceptor.lib.i18n import LazyText


def said_by(settings: Settings, answer: Answer) -> Iterator[Said]:
    """What an answer says, question by question."""
    asked = asked_in(settings)
    for one in asked:
        title = LazyText("{question}", values=(("question", Worded(one.form.label)),))
        for target, value in values_of(asked, one, answer):
            yield from said_in(one.field, one.settings, value, name=one.form.key, title=title, about=target)
