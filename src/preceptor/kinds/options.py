"""Things a person chooses among in a form, each with a key that is stored and words that are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from preceptor.kinds.findings import join
from preceptor.kinds.labels import Labels, label_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}\Z")
_SHORTCUT = re.compile(r"[a-z0-9]\Z")


class Choosable(Protocol):
    """What an option has to have."""

    @property
    def key(self) -> str:
        """What is stored and released."""

    @property
    def label(self) -> Labels:
        """What people read, per language."""

    @property
    def shortcut(self) -> str | None:
        """The key of the keyboard that chooses it."""


def key_problems(key: str, taken: set[str], *, path: str) -> Iterator[FieldProblem]:
    """What is wrong with a key; it is added to those `taken`."""
    if not _KEY.match(key):
        message = _("Use small letters, digits and underscores, starting with a letter or digit; 40 at most.")
        yield FieldProblem(path, message)
    elif key in taken:
        yield FieldProblem(path, _("This key is taken already."))
    taken.add(key)


def option_problems(
    options: Sequence[Choosable], *, path: str, taken: set[str], shortcuts: set[str]
) -> Iterator[FieldProblem]:
    """Keys and shortcuts that are not well formed or taken already, and labels without words.

    Args:
        options: at one level.
        path: of the list.
        taken: keys used so far; these options' own are added.
        shortcuts: likewise.
    """
    for index, option in enumerate(options):
        at = join(path, index)
        yield from key_problems(option.key, taken, path=f"{at}.key")
        if option.shortcut is not None:
            if not _SHORTCUT.match(option.shortcut):
                yield FieldProblem(f"{at}.shortcut", _("Use one letter from a to z, or a digit."))
            elif option.shortcut in shortcuts:
                yield FieldProblem(f"{at}.shortcut", _("This shortcut is taken already."))
            shortcuts.add(option.shortcut)
        yield from label_problems(option.label, path=f"{at}.label")
