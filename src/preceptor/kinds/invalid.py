"""What a kind refuses, and says why: an answer, an item, a form's settings."""

from __future__ import annotations

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import _


class InvalidAnswerError(InvalidError):
    """The answer is incomplete or not of the kind's form; `fields` says where."""

    code = "invalid_answer"
    title = _("This answer needs another look.")


class InvalidItemError(InvalidError):
    """This cannot be an item of this kind; `fields` says why."""

    code = "invalid_item"
    title = _("This cannot become an item.")


class InvalidSettingsError(InvalidError):
    """The form cannot be used like this; `fields` says why."""

    code = "invalid_settings"
    title = _("These settings need another look.")
