"""Pages from templates: one template per page, fragments are blocks of it, and it is given one typed struct."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from string import punctuation
from typing import Any
from urllib.parse import quote

import jinja2
import msgspec
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from jinja2_fragments import render_block
from litestar import Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType

from preceptor.lib.clock import utc_now
from preceptor.lib.i18n import (
    LazyText,
    current_language,
    gettext,
    language_name,
    ngettext,
    script_messages,
)
from preceptor.lib.money import format_money
from preceptor.lib.text import render_markdown, shown_duration
from preceptor.lib.web.request import Request

FLASH_COOKIE = "flash"
MAX_FLASH = 1_000


class Plugged(msgspec.Struct, frozen=True):
    """What a plug-in brings to pages.

    Attributes:
        templates: their texts by name.
        modules: addresses of its scripts, by the names that pages import.
        texts: English texts that its scripts show.
    """

    templates: Mapping[str, str]
    modules: Mapping[str, str]
    texts: frozenset[str]


class Pages:
    """The installation's templates.

    Args:
        folders: where templates are looked for, in order; names are paths below them, such as `web/trainer/work.html`.
        shell: what every full page shows around its content (menu, person, languages), given the request.
        manifest: the file that names the built assets; without it pages have no styles and say so.
        plugged: what plug-ins bring along.
    """

    def __init__(
        self,
        *,
        folders: Sequence[Path],
        shell: Callable[[Request[Any]], object],
        manifest: Path,
        plugged: Sequence[Plugged] = (),
    ) -> None:
        self.shell = shell
        self.manifest: dict[str, Any] = msgspec.json.decode(manifest.read_bytes()) if manifest.exists() else {}
        self._modules = {name: address for one in plugged for name, address in one.modules.items()}
        self._texts = frozenset[str](self.manifest.get("messages", [])).union(*(one.texts for one in plugged))
        brought = {name: text for one in plugged for name, text in one.templates.items()}
        self.environment = jinja2.Environment(
            loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folders), jinja2.DictLoader(brought)]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
        )
        self.environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
        self.environment.filters.update(
            {
                "money": format_money,
                "markdown": render_markdown,
                "duration": shown_duration,
                "datetime": shown_datetime,
                "date": lambda value: shown_datetime(value, form="date"),
                "ago": lambda value: shown_datetime(value, form="relative"),
                "number": shown_number,
                "percent": shown_percent,
                "size": shown_size,
                "json": lambda value: msgspec.json.encode(value, enc_hook=str).decode().replace("<", "\\u003c"),
            }
        )
        self.environment.globals.update(
            {
                "asset": self.asset,
                "import_map": self.import_map,
                "language": current_language,
                "language_name": language_name,
                "preload": self.preload,
                "script_messages": self.script_messages,
            }
        )

    def asset(self, name: str) -> str:
        """The address of a built file by its plain name, such as `app.css`."""
        if plugged := self._modules.get(f"@preceptor/{name.removesuffix('.js')}"):
            return plugged
        files: dict[str, str] = self.manifest.get("files", {})
        return f"/static/{files.get(name, name)}"

    def preload(self, name: str) -> list[str]:
        """Addresses of the modules that `name` imports at once, for `modulepreload`."""
        found: dict[str, list[str]] = self.manifest.get("preload", {})
        return [f"/static/{file}" for file in found.get(name, [])]

    def script_messages(self) -> dict[str, str | list[str]]:
        """The texts that scripts show, in the current language: only those the built scripts ask for."""
        found = script_messages()
        return {text: found[text] for text in self._texts if text in found}

    def import_map(self) -> dict[str, dict[str, str]]:
        """What module names mean in the page."""
        imports: dict[str, str] = self.manifest.get("imports", {})
        return {"imports": {name: f"/static/{file}" for name, file in imports.items()} | self._modules}

    def render(self, request: Request[Any], template: str, view: object, *, block: str | None = None) -> str:
        """The HTML of a whole page, or of one of its blocks."""
        state = request.scope["state"]
        values = {
            "view": view,
            "csrf_token": state.get("csrf_token", ""),
            "nonce": state.get("nonce", ""),
            "path": request.url.path,
            "flash": read_flash(request),
        }
        if block is not None:
            return str(render_block(self.environment, template, block, shell=None, **values))
        return self.environment.get_template(template).render(shell=self.shell(request), **values)


def page(
    request: Request[Any], template: str, view: object, *, block: str | None = None, status: int = 200
) -> Response[str]:
    """Answer with a page; `block` answers with that block alone (for htmx).

    Args:
        request: the request that is answered.
        template: such as `web/trainer/work.html`.
        view: the struct that the template sees as `view`.
        block: name of the block, None for the whole page.
        status: HTTP status.
    """
    pages: Pages = request.app.state.pages
    html = pages.render(request, template, view, block=block)
    cookies = []
    if block is None and request.cookies.get(FLASH_COOKIE):
        cookies.append(Cookie(FLASH_COOKIE, value="", max_age=0, path="/", httponly=True, samesite="lax"))
    return Response(html, media_type=MediaType.HTML, status_code=status, cookies=cookies)


def redirect(request: Request[Any], path: str, *, said: LazyText | None = None, kind: str = "good") -> Response[str]:
    """Send the browser to `path` of this installation, where `said` is shown once. htmx follows it too."""
    assert path.startswith("/")
    assert not path.startswith("//")
    path = quote(path, safe=punctuation)  # headers hold no other letters
    cookies = [flash(said, kind=kind)] if said is not None else []
    if request.is_fragment:
        return Response("", status_code=200, headers={"HX-Redirect": path}, cookies=cookies, media_type=MediaType.HTML)
    return Response("", status_code=303, headers={"Location": path}, cookies=cookies, media_type=MediaType.HTML)


def flash(said: LazyText, *, kind: str = "good") -> Cookie:
    """A cookie that makes the next page show a message once. Kinds: good, warn, bad."""
    raw = msgspec.json.encode([kind, str(said)[:MAX_FLASH]])
    value = urlsafe_b64encode(raw).decode()
    return Cookie(FLASH_COOKIE, value=value, path="/", httponly=True, samesite="lax", max_age=60)


class Flash(msgspec.Struct, frozen=True):
    """A message that is shown once."""

    kind: str
    text: str


def read_flash(request: Request[Any]) -> Flash | None:
    """The message that the page before left, if any. A cookie is the visitor's to write: only text comes of it."""
    raw = request.cookies.get(FLASH_COOKIE)
    if not raw:
        return None
    try:
        kind, text = msgspec.json.decode(urlsafe_b64decode(raw), type=tuple[str, str])
    except (ValueError, msgspec.MsgspecError):
        return None
    return Flash(kind=kind if kind in {"good", "warn", "bad"} else "warn", text=text)


def _locale() -> str:
    return current_language().replace("-", "_")


def shown_datetime(value: datetime | date | None, form: str = "medium") -> str:
    """A moment in the reader's language, in UTC (the page's script turns it into local time).

    Args:
        value: the moment; None shows nothing.
        form: `short`, `medium`, `long`, `date` (the day alone), `month` (and its year) or `relative` (`3 hours
            ago`).
    """
    if value is None:
        return ""
    if form == "month":
        return str(format_skeleton("yMMMM", value, locale=_locale()))
    if form == "date" or not isinstance(value, datetime):
        return str(format_date(value, format="medium", locale=_locale()))
    if form == "relative":
        return str(format_timedelta(value - utc_now(), add_direction=True, locale=_locale()))
    return str(format_datetime(value, format=form, locale=_locale()))


def shown_number(value: float, digits: int | None = None) -> str:
    """A number with the reader's separators; `digits` after the point where given."""
    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=_locale()))


def shown_percent(value: float, digits: int = 0) -> str:
    """A share such as 0.25 as `25%`."""
    return str(format_percent(value, format="#,##0" + ("." + "0" * digits if digits else "") + "%", locale=_locale()))


SIZE_UNITS = ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte")


def shown_size(value: int) -> str:
    """A number of bytes with three digits at most, such as `12.3 MB` (a megabyte is a million bytes)."""
    power, amount = 0, float(value)
    while amount >= 999.5 and power < len(SIZE_UNITS) - 1:  # noqa: PLR2004 (what would be shown as 1,000)
        power, amount = power + 1, amount / 1000
    digits = 0 if power == 0 or amount >= 99.95 else 1  # noqa: PLR2004 (what would be shown as 100.0)
    rounded = round(amount, digits)
    unit = f"digital-{SIZE_UNITS[power]}"
    return str(format_unit(rounded, unit, length="short" if power else "long", locale=_locale()))
