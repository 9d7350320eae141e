"""What a format can be set to: reading it, and asking a person for it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from preceptor.datasets.formats.interface import Format
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText


class FormatSettingsError(InvalidError):
    """The settings of a format are not what it takes."""

    code = "format_settings"


def format_settings(form: Format[Any], given: Mapping[str, Any]) -> msgspec.Struct:
    """`given` as the settings of `form`, defaults filled in.

    Raises:
        FormatSettingsError: an unknown name or a value that does not fit.
    """
    try:
        settings: msgspec.Struct = msgspec.convert(given, form.settings)
    except msgspec.ValidationError as error:
        path = f"settings.{form.name}"
        message = LazyText("{text}", values=(("text", str(error)),))
        raise FormatSettingsError(fields=[FieldProblem(path=path, message=message)]) from error
    return settings
