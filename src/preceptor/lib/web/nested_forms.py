"""HTML forms that hold a structure: dotted names such as `rules.hold_minutes` or `errors.3.label.en` become values.

- A number in a name is a place in a list; gaps close, so that rows can be removed in the page.
- `name[]` says that there is a list, even if it is empty. A name in `lists` takes every value it is given.
- Of several values of one name the last counts: a hidden `false` before a checkbox is what an empty checkbox sends.
- Texts are trimmed and empty ones left out, so that the default of their field holds. A row of a list stays, though.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import msgspec

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web.csrf import FIELD

Shape = TypeVar("Shape")
Tree = dict[str, Any]

MAX_DEPTH = 8

_NAME = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*(?:\[\])?", re.ASCII)
_PLACE = re.compile(r"^(?P<detail>.*?)(?: - at `\$(?P<place>.*)`)?$", re.DOTALL)
_NAMED = re.compile(r"field `(?P<name>[^`]*)`")


class TangledFormError(InvalidError):
    """A form that no page of ours has sent: names too deep, or a name that is both a value and a group."""

    code = "tangled_form"


def nest_form(values: Iterable[tuple[str, object]], *, lists: Collection[str] = ()) -> Tree:
    """The structure that the names of a form describe. All values are texts still: `convert_form` makes types of them.

    Args:
        values: names and values, as `form.multi_items()` gives them. Files are passed over.
        lists: names that take every value they are given.

    Raises:
        TangledFormError: no page of ours has sent this.
    """
    tree: Tree = {}
    for name, value in values:
        if name != FIELD and isinstance(value, str):
            _put(tree, name, value.strip(), is_list=name in lists)
    return {name: kept for name, found in tree.items() if (kept := _pruned(found)) not in ("", {})}


def _put(tree: Tree, name: str, text: str, *, is_list: bool) -> None:
    steps = name.removesuffix("[]").split(".")
    if len(steps) > MAX_DEPTH or not _NAME.fullmatch(name):
        raise _tangled(name)
    branch = tree
    for step in steps[:-1]:
        branch = branch.setdefault(step, {})
        if not isinstance(branch, dict):
            raise _tangled(name)
    last = steps[-1]
    if name.endswith("[]"):
        branch.setdefault(last, {"": ""})
    elif is_list:
        found = branch.setdefault(last, [])
        if not isinstance(found, list):
            raise _tangled(name)
        found += [text] if text else []
    elif isinstance(branch.get(last), dict):
        raise _tangled(name)
    else:
        branch[last] = text


def _tangled(name: str) -> TangledFormError:
    return TangledFormError(fields=[FieldProblem(name[:100], _("This field is not known here."))])


def _pruned(value: Any) -> Any:
    """Without empty texts; groups whose names are numbers, or that were declared, as lists."""
    if not isinstance(value, dict):
        return value
    inner = {name: _pruned(found) for name, found in value.items() if name}
    if "" in value or (inner and all(name.isascii() and name.isdigit() for name in inner)):
        return [inner[name] for name in sorted(inner, key=_place) if inner[name] != ""]
    return {name: kept for name, kept in inner.items() if kept not in ("", {})}


def _place(name: str) -> tuple[int, str]:
    return (int(name[:9]), name) if name.isascii() and name.isdigit() else (10**9, name)


def convert_form(tree: Tree, shape: type[Shape]) -> Shape:
    """A structure of texts as `shape`: numbers, choices and the like are read from their texts.

    Raises:
        InvalidError: a value is missing or cannot be read; `fields` names the first.
    """
    try:
        return msgspec.convert(tree, shape, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidError(fields=[_problem(str(error))]) from error


def _problem(message: str) -> FieldProblem:
    """A problem in plain words from msgspec's message, such as ``Expected `int`, got `str` - at `$.rules.hold` ``."""
    match = _PLACE.match(message)
    detail, place = (match["detail"], match["place"] or "") if match else (message, "")
    path = place.replace("[...]", "").replace("[", ".").replace("]", "").strip(".")
    if named := _NAMED.search(detail):
        path = f"{path}.{named['name']}".strip(".")
    return FieldProblem(path, _words(detail))


def _words(detail: str) -> LazyText:
    starts: dict[str, LazyText] = {
        "Object missing": _("This is needed."),
        "Object contains": _("This field is not known here."),
        "Expected `int": _("Give a whole number."),
        "Expected `float": _("Give a number."),
        "Expected `bool": _("Choose yes or no."),
        "Invalid enum": _("Choose one of these."),
        "Expected `uuid": _("Choose one of these."),
        "Invalid UUID": _("Choose one of these."),
    }
    return next((text for start, text in starts.items() if detail.startswith(start)), _("This cannot be used here."))
