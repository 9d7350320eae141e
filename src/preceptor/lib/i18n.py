"""Texts that people read: marked in the source, translated when shown.

`_("…")` makes a `LazyText`: it remembers the English source and its values and becomes a sentence only when it is
rendered, in the language of the reader. Catalogues are plain `.po` files, read once per process.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from babel import Locale
from babel.core import UnknownLocaleError, negotiate_locale
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"

_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one language: source text to its forms, and the rule that picks a plural form."""

    language: str
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def singular(self, message: str) -> str:
        """The translation of `message`, or `message` itself where there is none."""
        found = self.forms.get(message)
        return found[0] if found and found[0] else message

    def plural(self, one: str, many: str, count: int) -> str:
        """The form for `count` of the message whose English forms are `one` and `many`."""
        found = self.forms.get(one)
        if found and len(found) > 1 and all(found):
            index = _plural_form(self.language, count)
            return found[min(index, len(found) - 1)]
        return one if count == 1 else many


def _plural_form(language: str, count: int) -> int:
    """Index of the plural form in gettext's order, for languages with one or two forms.

    Source: CLDR plural rules, reduced to the gettext headers that Babel writes for these languages.
    """
    if language == "id":
        return 0
    if language == "fr":
        return int(count > 1)
    return int(count != 1)


class Catalogues:
    """All catalogues found under the folders that were added. Reads each language once, when it is first asked for."""

    def __init__(self) -> None:
        self._folders: list[Path] = [Path(__file__).parent.parent / "locale"]
        self._loaded: dict[str, Catalogue] = {}
        self._languages: list[str] = []
        self._lock = Lock()

    def add_folder(self, folder: Path) -> None:
        """Let `folder/<language>/LC_MESSAGES/*.po` take part. Later folders win over earlier ones."""
        with self._lock:
            if folder not in self._folders:
                self._folders.append(folder)
                self._loaded.clear()
                self._languages.clear()

    def languages(self) -> list[str]:
        """Codes of every language that has a catalogue, and the source language."""
        if not self._languages:
            found = {path.parent.parent.name for folder in self._folders for path in folder.glob("*/LC_MESSAGES/*.po")}
            self._languages = sorted(found | {SOURCE_LANGUAGE})
        return self._languages

    def get(self, language: str) -> Catalogue:
        """The catalogue of `language`; an empty one where nothing was translated."""
        if language not in self._loaded:
            with self._lock:
                self._loaded[language] = self._read(language)
        return self._loaded[language]

    def _read(self, language: str) -> Catalogue:
        forms: dict[str, tuple[str, ...]] = {}
        for folder in self._folders:
            for path in sorted((folder / language / "LC_MESSAGES").glob("*.po")):
                with path.open("rb") as stream:
                    for message in read_po(stream, locale=language):
                        if not message.id or message.fuzzy:
                            continue
                        source = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
                        target = (
                            message.string if isinstance(message.string, (tuple, list)) else (message.string or "",)
                        )
                        if any(target):
                            forms[source] = tuple(target)
        return Catalogue(language=language, forms=forms)


catalogues = Catalogues()


def current_language() -> str:
    """The language texts are rendered in now: that of the request, or English."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Render texts in `language` inside the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def set_language(language: str) -> None:
    """Render texts in `language` for the rest of this task (a request has a context of its own)."""
    _language.set(language)


def choose_language(preferred: Sequence[str]) -> str:
    """The best language we have for a list of wishes such as `["es-AR", "en"]`, most wanted first."""
    if not preferred:
        return SOURCE_LANGUAGE
    cleaned = [wish.replace("-", "_") for wish in preferred]
    return negotiate_locale(cleaned, catalogues.languages()) or SOURCE_LANGUAGE


def language_name(language: str) -> str:
    """The language's own name for itself, for a menu: `es` gives `español`."""
    return Locale.parse(language).get_display_name(language) or language


@dataclass(frozen=True, slots=True)
class LanguageWord:
    """A language as a value inside a lazy text: its name in the language of whoever reads the sentence."""

    code: str

    def __str__(self) -> str:
        try:
            found = Locale.parse(self.code.replace("-", "_")).get_display_name(current_language())
        except (ValueError, UnknownLocaleError):
            return self.code
        return found or self.code


@dataclass(frozen=True, slots=True)
class LazyText:
    """A text in English with its values, translated when it becomes a string.

    Args:
        message: the source text, with `{name}` where a value goes.
        plural: the English plural, where `count` chooses the form.
        count: the number that chooses the form.
        values: what goes into the braces. Values may be lazy themselves.
    """

    message: str
    plural: str | None = None
    count: int = 1
    values: tuple[tuple[str, object], ...] = ()

    def format(self, **values: object) -> "LazyText":
        """The same text with these values filled in when it is rendered."""
        return replace(self, values=(*self.values, *values.items()))

    def render(self, language: str) -> str:
        """The text in `language`."""
        catalogue = catalogues.get(language)
        if self.plural is None:
            text = catalogue.singular(self.message)
        else:
            text = catalogue.plural(self.message, self.plural, self.count)
        if not self.values:
            return text
        with speaking(language):
            return text.format(**{name: _shown(value) for name, value in self.values})

    def __str__(self) -> str:
        return self.render(current_language())

    def __html__(self) -> str:
        from markupsafe import escape  # noqa: PLC0415 (only templates ask for it)

        return str(escape(str(self)))


def _shown(value: object) -> object:
    return str(value) if isinstance(value, LazyText) else value


def _(message: str) -> LazyText:
    """Mark a text for translation."""
    return LazyText(message)


def ngettext_lazy(one: str, many: str, count: int) -> LazyText:
    """Mark a text with a plural; `{count}` in it is the number."""
    return LazyText(one, plural=many, count=count, values=(("count", count),))


def gettext(message: str) -> str:
    """Translate now, in the current language (for templates)."""
    return catalogues.get(current_language()).singular(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate now, choosing the form by `count` (for templates)."""
    return catalogues.get(current_language()).plural(one, many, count)


def script_messages() -> dict[str, str | list[str]]:
    """The current language's texts for scripts in the page: source to translation, plurals as a list of forms."""
    catalogue = catalogues.get(current_language())
    return {source: list(forms) if len(forms) > 1 else forms[0] for source, forms in catalogue.forms.items()}
