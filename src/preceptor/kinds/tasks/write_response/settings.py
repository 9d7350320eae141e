from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

Asked = Literal["off", "optional", "required"]

LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form of a project of this kind.

    Attributes:
        min_words, max_words: how long a response is; None for no bound.
        outline: whether the person first notes what they are going to say.
        sources: whether they name what they looked it up in.
        language: what responses are written in where the item does not say; a code such as `es` or `pt-BR`, empty for
            any language.
    """

    min_words: int | None = None
    max_words: int | None = None
    outline: Asked = "off"
    sources: Asked = "optional"
    language: str = ""

    @property
    def response(self) -> TextSettings:
        """What the response has to be, for the field of texts."""
        return TextSettings(required=True, min_words=self.min_words, max_words=self.max_words)


def settings_problems(settings: Settings) -> list[FieldProblem]:
    """What is wrong with settings of the right type."""
    return [*TEXT.validate_settings(settings.response), *language_problems(settings.language)]


def language_problems(code: str) -> Iterator[FieldProblem]:
    """Why `code` names no language; an empty one is fine."""
    if code and not LANGUAGE.fullmatch(code):
        yield FieldProblem("language", _("Give a language code such as “es” or “pt-BR”, or leave it empty."))
