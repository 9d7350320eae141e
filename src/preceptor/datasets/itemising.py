"""Rows of a file as items of a project: what a kind makes of imported content, and of the answers in it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from preceptor.datasets.formats import import_format
from preceptor.datasets.operations.imports import Reading
from preceptor.datasets.readers import ImportedRow, RowProblem, Source
from preceptor.datasets.rules import (
    BYTES_IN_BATCH,
    ROWS_IN_BATCH,
    ImportOptions,
    foreign_content_message,
    label_problem,
    row_message,
)
from preceptor.kinds.content import Content
from preceptor.kinds.findings import below
from preceptor.kinds.given import GivenAnswer, Record
from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidAnswerError, InvalidItemError, TaskKind
from preceptor.lib.fetching import AddressNotAllowedError, Fetcher
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.pictures import MOST_BYTES
from preceptor.lib.storage import Storage
from preceptor.projects.rules import ProjectTerms, Purpose
from preceptor.work.attaching import keep_picture, look_at_picture
from preceptor.work.operations.importing import ItemRow, digest_of, prepare
from preceptor.work.operations.keys import checked_key
from preceptor.work.queries.turns import given_turn_shown
from preceptor.work.rules.lanes import announcing, lane_from, lane_of, lane_problems

NOBODY = UUID(int=0)
LEVELS = frozenset("012345")
MOST_DEPTH = 200
"""How often what a row holds may be nested. What reads it later may be called from deep inside a program."""
MOST_PIECES = 10_000
"""Items that one row may give."""

# In sorted order, so that equal content has equal bytes and with them an equal hash.
_encode = msgspec.json.Encoder(order="sorted").encode


def fitting(kind: TaskKind[Any, Any, Any], content: Content) -> list[Content]:
    """What of `content` the kind takes: itself, or what it is otherwise; nothing where the kind has no use for it."""
    if isinstance(content, kind.accepts):
        return [content]
    found: list[Content] = []
    for other in islice(content.otherwise(), MOST_PIECES):
        found += [other] if isinstance(other, kind.accepts) else fitting(kind, other)
    return found


def check_depth(content: bytes) -> None:
    """Let a document pass that everybody can read, however deep in a program they are when they read it.

    Raises:
        RecursionError: it is nested more than `MOST_DEPTH` times.
    """
    if content.count(b"[") + content.count(b"{") <= MOST_DEPTH:
        return
    level: list[Any] = [msgspec.json.decode(content)]
    for _depth in range(MOST_DEPTH + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise RecursionError


def key_apart(content: Content) -> tuple[Content, dict[str, Any] | None, bool]:
    """What of a row is its item, its key (`key`, an object), and whether a person grades it (`by_hand`).

    Nothing of the key stays in the item.
    """
    place = "data" if isinstance(content, Record) else "source"
    held = getattr(content, place, None)
    if not isinstance(held, dict) or not isinstance(held.get("key"), dict):
        return content, None, False
    rest = {name: value for name, value in held.items() if name not in {"key", "by_hand"}}
    return msgspec.structs.replace(content, **{place: rest}), held["key"], held.get("by_hand") is True


class RowReader:
    """Turns the rows of a file into items of a project.

    Args:
        path: the file.
        format: name of a format that can be read.
        terms: of the project.
        form: settings of the form under which given answers are kept.
        options: how rows become items.
        file_name: what each item remembers as its source.
        storage: where pictures that the file holds are kept; None to look at them only.
        import_id: what the items remember as the import they came by.
        picture_sources: addresses below which pictures may be fetched, with commas.
    """

    def __init__(
        self,
        *,
        path: Path,
        format: str,  # noqa: A002 (the field's own word)
        terms: ProjectTerms,
        form: dict[str, Any],
        options: ImportOptions,
        file_name: str,
        storage: Storage | None = None,
        import_id: UUID = NOBODY,
        picture_sources: str = "",
    ) -> None:
        self._source = Source(path=path, encoding=options.encoding, columns=options.columns, name=file_name)
        self._source.routed = options.routed
        self._source.keep_picture = _picture_keeper(storage)
        self._source.fetch_picture = picture_fetcher(picture_sources)
        read = import_format(format).read
        assert read is not None
        self._kind: TaskKind[Any, Any, Any] = task_kind(terms.kind)
        self._source.any_columns = Record in self._kind.accepts
        self._rows = iter(read(self._source))
        self._judges = type(self._kind).answers_from_content is not TaskKind.answers_from_content
        self._settings = self._kind.decode_settings(form)
        self._options = options
        self._lane = lane_from(language=options.language, level=options.level, categories=options.categories).key
        self._is_exam = terms.purpose is Purpose.EXAM
        self._project_id, self._import_id = terms.id, import_id
        self._wanted = options.answers or terms.rules.answers_per_item
        self._file_name = _encode(file_name)

    @property
    def names(self) -> list[str] | None:
        """Names of the columns, where the file says them for all rows at once; known once the first row is."""
        return self._source.names

    def take(self, *, after: int, rows: int = ROWS_IN_BATCH) -> Reading | None:
        """The next rows behind line `after`; None at the end of the file.

        Raises:
            SourceError: the file cannot be opened.
        """
        good: list[ItemRow] = []
        problems: list[tuple[int, str]] = []
        notes: list[tuple[int, str]] = []
        upto, size, count = after, 0, 0
        for row in self._rows:
            if row.line <= after:
                continue
            upto = row.line
            count += 1
            found = self.items(row) if isinstance(row, ImportedRow) else row.message
            if isinstance(found, list):
                good += found
                size += sum(len(one.content) for one in found)
                if isinstance(row, ImportedRow) and row.note is not None:
                    notes.append((row.line, str(row.note)))
            else:
                problems.append((row.line, str(found)))
            if count >= rows or size >= BYTES_IN_BATCH:
                break
        if upto == after:
            return None
        prepare(good, project_id=self._project_id, import_id=self._import_id)
        return Reading(after=after, upto=upto, share=self._source.progress, rows=good, problems=problems, notes=notes)

    def next_row(self) -> ImportedRow | RowProblem | None:
        """The next row as it was read, before anything is made of it; None at the end of the file."""
        return next(self._rows, None)

    def items(self, row: ImportedRow) -> list[ItemRow] | LazyText:
        """The items that a row gives, or why it gives none."""
        brief, topic = row.brief or self._options.brief, row.topic or self._options.topic
        if (brief or topic) and (message := label_problem(brief) or label_problem(topic)):
            return message
        lane = self._lane if row.asks is None else self._lane_of(row.asks)
        if isinstance(lane, LazyText):
            return lane
        content = row.content
        pieces = [content] if isinstance(content, self._kind.accepts) else fitting(self._kind, content)
        if not pieces:
            return row.note or foreign_content_message()
        try:
            return [self._item(row, piece, brief, topic, lane) for piece in pieces]
        except InvalidItemError as error:
            return row_message(error.fields)
        except RecursionError:
            return _("This row is nested too deeply. Make it flatter.")

    def _lane_of(self, asks: Mapping[str, Any]) -> str | LazyText:
        """The lane a row asks for, or what is wrong with that. Categories are a list, or names with commas."""
        given = asks.get("level", self._options.level)
        # Tables keep whole numbers with gaps between them as fractions.
        level = str(int(given) if isinstance(given, float) and given.is_integer() else given).strip()
        names = asks.get("categories", self._options.categories)
        if isinstance(names, str):
            names = [name.strip() for name in names.strip("[]").replace('"', "").split(",") if name.strip()]
        if level not in LEVELS or not isinstance(names, list | tuple):
            return _("“level” has to be a number from 1 to 5, and “categories” a list of names.")
        asked: dict[str, Any] = {
            "language": str(asks.get("language", self._options.language)).strip(),
            "level": int(level),
            "categories": [str(name) for name in names],
        }
        if problems := list(lane_problems("", **asked)):
            return row_message(problems)
        return lane_from(**asked).key

    def _item(self, row: ImportedRow, piece: Content, brief: str, topic: str, lane: str) -> ItemRow:
        piece, key, by_hand = key_apart(piece)
        item = self._kind.item_from_content(piece)
        content = _encode(item)
        check_depth(content)
        self._kind.decode_item(content)  # what cannot be read again would stop whoever is handed it
        answers = partial(self._answers, item, piece) if self._judges else None
        given = self._given(item, piece, NOBODY) if self._judges else ()
        for number, one in enumerate(given, 1):  # what cannot be read again would hold up every release
            self._check(number, one)
        if self._is_exam:  # what people elsewhere said is right, not somebody's answer
            key = key or (msgspec.to_builtins(given[0].answer) if given else None)
            given = ()
        if key is not None:
            key, problems = checked_key(self._kind, self._settings, item, key, item_id=NOBODY)
            if problems:
                raise InvalidItemError(fields=list(below("key", problems)))
        if not all(answer.worker for answer in given):
            # Nobody knows whose judgement it is, so two that differ are of two items: the whole row counts.
            digest = digest_of(b"%b,%b" % (content, _encode(piece)), brief=brief, topic=topic)
        else:
            digest = digest_of(content, brief=brief, topic=topic)
        return ItemRow(
            digest=digest,
            content=content,
            brief=brief,
            topic=topic,
            wanted=(self._options.answers or 1) if given else self._wanted,
            priority=self._kind.item_priority(self._settings, item, self._options.priority),
            source=b'{"file":%b,"line":%d}' % (self._file_name, row.line),
            answers=answers if given else None,
            assets=row.assets,
            lane=announcing(lane_of(lane), self._kind.item_categories(item)).key,
            key=key,
            by_hand=by_hand,
        )

    def _check(self, number: int, given: GivenAnswer[Any]) -> None:
        """Let an answer pass that can be read back from where it is kept.

        Raises:
            InvalidItemError: it cannot.
        """
        try:
            content = _encode(given.answer)
            check_depth(content)
            self._kind.decode_answer(content)
        except InvalidAnswerError as error:
            raise InvalidItemError(fields=list(below(f"answers.{number}", error.fields))) from error

    def _given(self, item: Any, piece: Content, item_id: UUID) -> Sequence[GivenAnswer[Any]]:
        turn = self._kind.given_turn(item)
        turns = [given_turn_shown(turn, item_id=item_id)] if turn is not None and turn.responses else []
        return self._kind.answers_from_content(self._settings, item, turns, piece)

    def _answers(self, item: Any, piece: Content, item_id: UUID) -> list[tuple[str, bytes]]:
        return [(given.worker, _encode(given.answer)) for given in self._given(item, piece, item_id)]


def picture_fetcher(sources: str) -> Callable[[str], bytes | None]:
    """Fetches pictures from below these addresses; None for those at others."""
    fetcher = Fetcher(sources)

    def fetch(address: str) -> bytes | None:
        try:
            return fetcher.read(address, most=MOST_BYTES)
        except AddressNotAllowedError:
            return None

    return fetch


def _picture_keeper(storage: Storage | None) -> Any:
    def keep(data: bytes, name: str) -> Any:
        return look_at_picture(data, name=name) if storage is None else keep_picture(storage, data, name=name)

    return keep
