"""HTML forms into typed structs, with problems by field."""

import re
from typing import Any, TypeVar

import msgspec
from litestar.datastructures import FormMultiDict

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web.csrf import FIELD

Shape = TypeVar("Shape", bound=msgspec.Struct)

_PATH = re.compile(r"- at `\$\.?([^`]*)`$")


def parse_form(form: FormMultiDict, shape: type[Shape]) -> Shape:
    """The form's values as `shape`.

    Texts are trimmed. An empty value counts as not given. A field whose type is a list takes every value of that
    name. A missing checkbox is False where the field is a boolean.

    Raises:
        InvalidError: a value is missing or of the wrong kind; `fields` names each.
    """
    values: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for field in msgspec.structs.fields(shape):
        given = [value.strip() if isinstance(value, str) else value for value in form.getall(field.name, [])]
        kind = str(field.type)
        if "list[" in kind or "set[" in kind or "tuple[" in kind:
            values[field.name] = [value for value in given if value != ""]
        elif field.type is bool:
            values[field.name] = bool(given) and given[-1] not in {"", "false", "0", "off"}
        elif given and given[-1] != "":
            values[field.name] = given[-1]
        elif field.type is str and field.required and given:
            values[field.name] = ""
        if field.required and field.name not in values:
            problems.append(FieldProblem(path=field.name, message=_("This is needed.")))
    unknown = set(form.keys()) - {field.name for field in msgspec.structs.fields(shape)} - {FIELD}
    problems += [FieldProblem(path=name, message=_("This field is not known here.")) for name in sorted(unknown)]
    if problems:
        raise InvalidError(fields=problems)
    try:
        return msgspec.convert(values, shape, strict=False, str_keys=True)
    except msgspec.ValidationError as error:
        message = str(error)
        found = _PATH.search(message)
        text = LazyText("{text}", values=(("text", _PATH.sub("", message).strip()),))
        raise InvalidError(fields=[FieldProblem(path=found.group(1) if found else "", message=text)]) from error
