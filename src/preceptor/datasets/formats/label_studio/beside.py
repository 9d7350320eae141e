"""The pictures that tasks name: files beside them in an archive, or at addresses that the operator allows."""

from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from preceptor.datasets.readers.archives import Archive
from preceptor.datasets.readers.records import Container, container_of
from preceptor.datasets.readers.rows import BadRowError
from preceptor.datasets.readers.source import Source, SourceError
from preceptor.kinds.given import Record
from preceptor.kinds.shape_values import is_shape
from preceptor.lib.errors import ProblemError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.pictures import ENDINGS

FOLDER = "pictures"
"""Where pictures stand beside the tasks of a release."""
USUAL_COLUMN = "image"
COLUMN = "picture_column"
"""Says in an item's source which column named its picture, where that is not the usual one."""
COLUMNS = (USUAL_COLUMN, "picture", "img", "photo")
MOST_FAILURES = 10
LONGEST_REFERENCE = 4_000


class Beside:
    """The pictures that the tasks of a file name. Use it as a context manager."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._archive: Archive | None = None
        self._has_pictures = False
        self._failures = 0

    def __enter__(self) -> Self:
        if container_of(self._source) is Container.FOLDER:
            with suppress(SourceError):  # whoever reads the tasks says that it is damaged
                self._archive = Archive(self._source)
                self._has_pictures = bool(self._archive.pictures())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._archive is not None:
            self._archive.__exit__(kind, error, trace)

    def take(self, reference: str) -> Any:
        """Keep a picture and answer what it is, as `Source.keep_picture` does; or say why there is none to be had.

        Raises:
            BadRowError: the picture has to be there and is not, or is none.
        """
        if _is_address(reference) and (kept := self._fetched(reference)) is not None:
            return kept
        if self._source.keep_picture is None or self._archive is None or not self._has_pictures:
            if _is_address(reference):
                return _not_allowed(reference)
            message = _(
                "The picture “{name}” is not in this file. Import the folder that holds the file and its pictures, "
                "or pack both together as ZIP."
            )
            return message.format(name=_short(reference))
        found = self._archive.find(*_paths(reference))
        if found is not None:
            return self._archive.keep(found, called=found.removeprefix(f"{FOLDER}/"))
        if _is_address(reference):
            return _not_allowed(reference)
        message = _("There is no picture “{name}” beside the tasks.")
        raise BadRowError("no_picture", message.format(name=_short(reference)))

    def _fetched(self, address: str) -> Any:
        """The picture at an address; None where nobody may fetch it.

        Raises:
            BadRowError: it could not be fetched, or is no picture.
        """
        fetch, keep = self._source.fetch_picture, self._source.keep_picture
        if fetch is None or keep is None:
            return None
        if self._failures >= MOST_FAILURES:
            message = _("{count} pictures in a row could not be fetched, so no more are asked for. Try again later.")
            raise BadRowError("not_fetched", message.format(count=self._failures))
        self._failures += 1
        try:
            data = fetch(address)
            if data is None:
                self._failures -= 1
                return None
            self._failures = 0
            return keep(data, unquote(urlsplit(address).path).rsplit("/", 1)[-1])
        except ProblemError as error:
            if error.status >= 500:  # noqa: PLR2004 (a fault of ours, such as a full disk)
                raise
            message = _("{file}: {reason}").format(file=_short(address), reason=error.title)
            raise BadRowError(error.code, message) from error


def picture_column(record: Record) -> str | None:
    """The column that names a picture: as releases do, one that is drawn on, one that is called so, or any other."""
    said = [value for answer in (*record.answers, *record.suggestions) for value in answer.values]
    drawn_on = dict.fromkeys(value.on for value in said if is_shape(value.kind))
    known = dict.fromkeys([*drawn_on, *COLUMNS])
    texts = {
        name: value
        for name, value in record.data.items()
        if isinstance(value, str) and 0 < len(value) <= LONGEST_REFERENCE and "\n" not in value
    }
    released = [name for name, value in texts.items() if value.startswith(f"{FOLDER}/")]
    for name in dict.fromkeys([*released, *known, *texts]):
        if name not in texts:
            continue
        if name in drawn_on or _names_a_picture(texts[name]) or (name in known and _is_address(texts[name])):
            return name
    return None


def _names_a_picture(value: str) -> bool:
    return any(path.lower().endswith(ENDINGS) for path in _paths(value))


def _is_address(value: str) -> bool:
    return "://" in value and " " not in value


def _paths(reference: str) -> list[str]:
    """The paths by which a file may lie in an archive. Label Studio serves its own below `/data`, some by `?d=`."""
    try:
        parts = urlsplit(reference)
        served = parse_qs(parts.query).get("d", [])
    except ValueError:
        return [reference]
    plain = unquote(parts.path).lstrip("/")
    if _is_address(reference):
        return [*served, plain]
    return list(dict.fromkeys([reference, *served, plain]))


def _not_allowed(reference: str) -> LazyText:
    message = _("The picture at {address} may not be fetched: an operator can allow it (PRECEPTOR_PICTURE_SOURCES).")
    return message.format(address=_short(reference))


def _short(text: str) -> str:
    shown = "".join(letter for letter in text if letter.isprintable())
    return shown if len(shown) <= 100 else f"…{shown[-99:]}"  # noqa: PLR2004 (as much as a line can show)
