"""The formats that data comes in and goes out in, one folder each.

A format is found by the entry point group `preceptor.formats`: the module named there has a `FORMAT`, or is a package
of such modules, as this one is. Built-in formats and plug-ins use the same door, and nothing here lists one.
"""

from functools import cache
from typing import Any

from preceptor.datasets.formats.interface import Format
from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.plugins import BrokenPluginError, discover

GROUP = "preceptor.formats"


class UnknownFormatError(InvalidError):
    """No installed format has this name, or it cannot do what was asked of it."""

    code = "unknown_format"


@cache
def find_formats() -> dict[str, Format[Any]]:
    """Every installed format by its name, in the order of the names."""
    found: dict[str, Format[Any]] = {}
    for place, one in discover(GROUP, "FORMAT").items():
        if not isinstance(one, Format):
            raise BrokenPluginError(f"the FORMAT of {place} is not a format")
        if one.name in found:
            raise BrokenPluginError(f"two packages offer the format {one.name}")
        found[one.name] = one
    return dict(sorted(found.items()))


def release_formats(names: list[str] | None = None) -> list[Format[Any]]:
    """The formats of these names that a release can be written in; the usual ones when `names` is None.

    Raises:
        UnknownFormatError: a name is not installed, or is one of a format that is only read.
    """
    able = {name: one for name, one in find_formats().items() if one.writes}
    usual = [one for one in able.values() if one.usual and not one.bundle]
    if names is None:
        return usual
    chosen = [one for name in names for one in (usual if _pick(name, able).bundle else [_pick(name, able)])]
    return list({one.name: one for one in chosen}.values())


def every_release_format() -> list[Format[Any]]:
    """All formats that a release can be written in one by one, the usual ones first."""
    able = [one for one in find_formats().values() if one.writes and not one.bundle]
    return sorted(able, key=lambda one: not one.usual)


def import_format(name: str) -> Format[Any]:
    """The format `name`, if it can be read.

    Raises:
        UnknownFormatError: it is not installed, or is one that is only written.
    """
    return _pick(name, {name: one for name, one in find_formats().items() if one.read})


def import_formats() -> list[Format[Any]]:
    """The formats that can be read."""
    return [one for one in find_formats().values() if one.read]


def format_by_ending(file_name: str) -> Format[Any] | None:
    """The format that files of such a name are in, by its ending; what compression adds to it is passed over."""
    name = file_name.lower().removesuffix(".gz").removesuffix(".zst")
    return next((one for one in import_formats() if name.endswith(one.endings or "\0")), None)


def _pick(name: str, able: dict[str, Format[Any]]) -> Format[Any]:
    try:
        return able[name]
    except KeyError:
        raise UnknownFormatError(
            _("There is no format called “{name}” for this. Choose one of: {names}.").format(
                name=name, names=", ".join(able)
            )
        ) from None
