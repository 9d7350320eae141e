"""Finds what packages offer through entry points: one thing by its module, or a folder full of them.

An entry point names either a module that exposes the attribute asked for, or a package whose sub-packages each do; the
built-in things of a kind stand in one such package, so that adding one is adding a folder.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import ModuleType


class BrokenPluginError(Exception):
    """An entry point does not lead to what it promises: a fault of the plug-in, found when the house starts."""


def discover(group: str, attribute: str) -> dict[str, object]:
    """What all installed packages offer under `group`, by name (of the entry point or of the folder), in its order.

    Raises:
        BrokenPluginError: a module cannot be loaded, lacks `attribute`, or two of them have the same name.
    """
    found: dict[str, object] = {}
    for entry in entry_points(group=group):
        for name, module in _modules(entry.name, entry.value, attribute):
            if name in found:
                raise BrokenPluginError(f"two packages offer {name} in {group}")
            if not hasattr(module, attribute):
                raise BrokenPluginError(f"{module.__name__}, which offers {name} in {group}, has no {attribute}")
            found[name] = getattr(module, attribute)
    return dict(sorted(found.items()))


def _modules(name: str, value: str, attribute: str) -> Iterator[tuple[str, ModuleType]]:
    """The module an entry point names, or the packages inside it."""
    module = _load(name, value)
    if hasattr(module, attribute) or not hasattr(module, "__path__"):
        yield name, module
        return
    inside = [one.name for one in iter_modules(module.__path__) if one.ispkg and not one.name.startswith("_")]
    if not inside:
        yield name, module
    for folder in inside:
        yield folder, _load(folder, f"{value}.{folder}")


def _load(name: str, value: str) -> ModuleType:
    try:
        return import_module(value)
    except Exception as error:
        raise BrokenPluginError(f"{value}, which offers {name}, cannot be loaded: {error}") from error
