"""Kinds and fields that packages of others bring along: their templates, and what the browser loads of them.

What the browser may load stands in the folder's `static/`; `static/widget.js` is the widget, a module that imports
`@preceptor/ui` by that name and needs no build, and `static/settings.js` what edits a kind's settings, if it has that.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from litestar import Router
from litestar.static_files import create_static_files_router

from preceptor.kinds.registry import fields, task_kinds
from preceptor.lib.web import Plugged

HOUSE = Path(__file__).parents[1]


def plugged() -> list[Plugged]:
    """What each kind and field from outside the package brings to pages."""
    return [
        Plugged(
            templates={f"{names}/{file.name}": file.read_text(encoding="utf-8") for file in folder.glob("*.html")},
            modules={
                name: f"{address}/{file}"
                for name, file in ((module, "widget.js"), (module.replace("/kinds/", "/settings/"), "settings.js"))
                if (folder / "static" / file).exists()
            },
            texts=_texts(folder / "locale"),
        )
        for folder, names, module, address in _from_outside()
    ]


def plugged_files() -> list[Router]:
    """The addresses below which their `static/` folders are served."""
    return [
        create_static_files_router(
            path=address, directories=[folder / "static"], cache_control=None, include_in_schema=False
        )
        for folder, _names, _module, address in _from_outside()
        if (folder / "static").is_dir()
    ]


def _from_outside() -> Iterator[tuple[Path, str, str, str]]:
    """Folder, prefix of the templates' names, module and address."""
    for kind in task_kinds().values():
        if not kind.folder.is_relative_to(HOUSE):
            yield kind.folder, kind.template_folder, kind.widget_module, f"/static/plugged/kinds/{kind.key}"
    for field in fields().values():
        if not field.folder.is_relative_to(HOUSE):
            module, address = f"@preceptor/fields/{field.key}", f"/static/plugged/fields/{field.key}"
            yield field.folder, f"kinds/fields/{field.key}", module, address


def _texts(locale: Path) -> frozenset[str]:
    found: set[str] = set()
    for path in locale.glob("*/LC_MESSAGES/*.po"):
        with path.open("rb") as stream:
            found |= {_source(message.id) for message in read_po(stream) if message.id}
    return frozenset(found)


def _source(text: Any) -> str:
    return str(text[0] if isinstance(text, (tuple, list)) else text)
