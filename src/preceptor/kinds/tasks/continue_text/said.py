from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.scoring import Said, said_in, same
from preceptor.kinds.tasks.continue_text.answer import Answer
from preceptor.kinds.tasks.continue_text.settings import Settings
from preceptor.lib.i18n import _


def said_by(settings: Settings, answer: Answer) -> Iterator[Said]:
    """What an answer says; that none fits is a choice as well."""
    if answer.chosen is not None or answer.none_fits:
        yield Said("chosen", _("Choice"), "", answer.chosen, same)
    yield from said_in(TEXT, settings.written, answer.own, name="written", title=_("Written continuation"))
