"""Decisions about imports and releases: what may be asked for, and what follows from what was found."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal

import msgspec

from preceptor.lib.errors import FieldProblem, InvalidError, ProblemError
from preceptor.lib.i18n import LazyText, _
from preceptor.people.rules import LEAST_LEVEL, MOST_LEVEL
from preceptor.work.rules.lanes import lane_problems

MAX_LABEL = 2_000
MAX_FILE_NAME = 200
MAX_LICENCE = 100
MAX_LANGUAGES = 50

ROWS_IN_BATCH = 5_000
BYTES_IN_BATCH = 8_000_000
"""A batch of rows ends with either; the second bounds the memory that long rows take."""

PROBLEMS_KEPT = 1_000
PREVIEW_ROWS = 8

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_SPLIT = re.compile(r"[a-z][a-z0-9_-]{0,30}")
MAX_SPLITS = 10
SHARES_OFF = 1e-6
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


ReviewWord = Literal["accepted", "corrected", "unreviewed", "imported"]
"""How work came to be accepted."""


class ImportState(StrEnum):
    """Where an import stands."""

    WAITING = "waiting"
    RUNNING = "running"
    CHECKED = "checked"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"


class Phase(StrEnum):
    """What the file is read for."""

    CHECK = "check"
    ADD = "add"


class OnProblem(StrEnum):
    """What becomes of the good rows of a file that has bad ones."""

    SKIP = "skip"
    STOP = "stop"


IMPORT_STATE_NAMES: Mapping[ImportState, LazyText] = {
    ImportState.WAITING: _("Waiting"),
    ImportState.RUNNING: _("Running"),
    ImportState.CHECKED: _("Checked"),
    ImportState.DONE: _("Done"),
    ImportState.FAILED: _("Failed"),
    ImportState.DISCARDED: _("Discarded"),
}

ENDED_IMPORTS = frozenset({ImportState.DONE, ImportState.FAILED, ImportState.DISCARDED})


class ReleaseState(StrEnum):
    """Where the files of a release stand; the release itself is frozen from the start."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


RELEASE_STATE_NAMES: Mapping[ReleaseState, LazyText] = {
    ReleaseState.WAITING: _("Waiting"),
    ReleaseState.RUNNING: _("Being written"),
    ReleaseState.DONE: _("Ready"),
    ReleaseState.FAILED: _("Failed"),
}


class ImportOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the rows of a file become items."""

    brief: str = ""
    """For rows that bring none."""
    topic: str = ""
    """For rows that bring none."""
    answers: int | None = None
    """Per item; None for what the project says."""
    priority: int = 5
    """0 first, 9 last."""
    language: str = ""
    """BCP 47 tag of the language the answers are in; empty for the project's."""
    level: int = 0
    """Least level of whoever answers, 1 to 5; 0 for the project's."""
    categories: tuple[str, ...] = ()
    """Content that every item may show, besides what the project announces for all of them."""
    routed: bool = False
    """Columns `language`, `level` and `categories` say of each row who may take it, in place of the three above."""
    encoding: str | None = None
    """Of the text; None goes by the byte order mark and takes UTF-8 where there is none."""
    columns: dict[str, str] = {}
    """Which column of the file stands for which field, by the field's name, where they are called otherwise."""


class ReleaseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a release is to be like."""

    formats: tuple[str, ...] | None = None
    """Names of formats; None for all there are."""
    settings: dict[str, dict[str, Any]] = {}
    """By name of the format, where they are not its default ones."""
    licence: str = ""
    """Under which the data is given away: an SPDX id or a name."""
    languages: tuple[str, ...] = ()
    """Codes of the languages of the texts, such as `en`."""
    since: date | None = None
    """Only what was submitted on this day (UTC) or later."""
    until: date | None = None
    """Only what was submitted on this day (UTC) or before."""
    reviews: tuple[ReviewWord, ...] = ()
    """Only what came to be accepted in one of these ways; all of them where none is named."""
    topics: tuple[str, ...] = ()
    """Only items with one of these topics; all where none is named."""
    item_languages: tuple[str, ...] = ()
    """Only items whose answers are asked for in one of these languages; all where none is named."""
    item_levels: tuple[int, ...] = ()
    """Only items of one of these levels, 1 to 5; all where none is named."""
    least_agreement: float | None = None
    """Only items on whose answers people agree at least so much, 0 to 1; None for all, also those answered once."""
    splits: dict[str, float] = {}
    """Shares of the items that go into folders of these names, such as `{"train": 0.9, "test": 0.1}`; one folder for
    all where there are none. Items that ask the same go together, so that nothing leaks from one into another."""
    seed: str = ""
    """Draws the splits and, where it is not empty, pseudonyms of this release's own: whoever does not know it cannot
    tell that two people of two releases are the same."""
    replaces: int | None = None
    """Number of the release that this one stands in for, because people's work was withdrawn from it."""
    withdrawn: int = 0
    """Submissions that were withdrawn from it."""


def formats_without_rows(formats: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Those of some formats in which nothing of a release could be written, by the paths of its files.

    Each format's files stand in a folder of its name, below that of a split where there are splits.
    """
    folders = {step for path in paths for step in path.split("/")[:-1]}
    return [name for name in formats if name not in folders]


def clean_file_name(name: str) -> str:
    """The last step of a file's name without what cannot be shown; it only ever serves to be shown."""
    last = re.split(r"[/\\]", name)[-1]
    return _UNPRINTABLE.sub("", last).strip()[:MAX_FILE_NAME] or "file"


def option_problems(options: ImportOptions) -> list[FieldProblem]:
    """What is wrong with the options of an import."""
    problems = []
    for path, text in (("brief", options.brief), ("topic", options.topic)):
        if message := label_problem(text):
            problems.append(FieldProblem(path, message))
    if options.answers is not None and not 1 <= options.answers <= 100:  # noqa: PLR2004 (as the message says)
        problems.append(FieldProblem("answers", _("Give a number from {least} to {most}.").format(least=1, most=100)))
    if not 0 <= options.priority <= 9:  # noqa: PLR2004 (likewise)
        problems.append(FieldProblem("priority", _("Give a number from {least} to {most}.").format(least=0, most=9)))
    problems += lane_problems("", language=options.language, level=options.level, categories=options.categories)
    return problems


def columns_from(pairs: Iterable[str]) -> dict[str, str]:
    """Which column stands for which field, from pairs such as `prompt=question`.

    Raises:
        InvalidError: one is no such pair.
    """
    columns = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(columns) or not all(columns.values()):
        message = _("Say which column stands for a field, as in {example}.").format(example="prompt=question")
        raise InvalidError(fields=[FieldProblem("column", message)])
    return columns


def chosen_columns(pairs: Iterable[str]) -> dict[str, str]:
    """Which column stands for which field, from choices such as `prompt=question`, one per column.

    Raises:
        InvalidError: two columns stand for one field.
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        field, _equals, column = pair.partition("=")
        if field in columns:
            message = _("Two columns stand for “{field}”: “{one}” and “{other}”. Choose one of them.")
            told = message.format(field=field, one=columns[field], other=column)
            raise InvalidError(fields=[FieldProblem("columns", told)])
        columns[field] = column
    return {field: column for field, column in columns.items() if field and column and field != column}


def label_problem(text: str) -> LazyText | None:
    """Why a brief or topic cannot be kept."""
    if len(text) > MAX_LABEL:
        return _("Use at most {count} characters.").format(count=MAX_LABEL)
    if _UNKEEPABLE.search(text):
        return _("This holds a character that cannot be kept. Please remove it.")
    return None


def row_message(problems: Collection[FieldProblem]) -> LazyText:
    """Why a row cannot become an item, in one line: the first problem with its place, and how many more there are."""
    first = next(iter(problems), None)
    if first is None:
        return _("This cannot become an item.")
    said = _("{place}: {message}").format(place=first.path, message=first.message) if first.path else first.message
    if len(problems) == 1:
        return said
    return _("{message} (and {count} more)").format(message=said, count=len(problems) - 1)


def failure_text(error: ProblemError) -> LazyText:
    """Why something that was asked for could not be done, in one sentence."""
    return error.fields[0].message if error.fields else error.detail or error.title


def foreign_content_message() -> LazyText:
    """Why a row that was read well is of no use to the project."""
    return _("This project's kind of task has no use for rows like this one.")


def release_problems(settings: ReleaseSettings) -> list[FieldProblem]:
    """What is wrong with the settings of a release, those of its formats apart."""
    problems = []
    if settings.formats is not None and not settings.formats:
        problems.append(FieldProblem("formats", _("Choose at least one format.")))
    if len(settings.licence) > MAX_LICENCE or not (settings.licence + " ").isprintable():
        problems.append(FieldProblem("licence", _("Use at most {count} characters.").format(count=MAX_LICENCE)))
    if len(settings.languages) > MAX_LANGUAGES or not all(_LANGUAGE.fullmatch(code) for code in settings.languages):
        message = _("Give codes of languages, such as “en” or “pt-BR”.")
        problems.append(FieldProblem("languages", message))
    if not all(_LANGUAGE.fullmatch(code) for code in settings.item_languages):
        message = _("Give codes of languages, such as “en” or “pt-BR”.")
        problems.append(FieldProblem("item_languages", message))
    if not all(LEAST_LEVEL <= level <= MOST_LEVEL for level in settings.item_levels):
        message = _("Give levels from {least} to {most}.").format(least=LEAST_LEVEL, most=MOST_LEVEL)
        problems.append(FieldProblem("item_levels", message))
    if settings.least_agreement is not None and not 0 <= settings.least_agreement <= 1:
        message = _("Give a number from {least} to {most}.").format(least=0, most=1)
        problems.append(FieldProblem("least_agreement", message))
    if settings.since and settings.until and settings.since > settings.until:
        problems.append(FieldProblem("until", _("The last day comes before the first one.")))
    if settings.replaces is not None or settings.withdrawn:
        problems.append(FieldProblem("replaces", _("Withdraw somebody’s work to make a release that replaces one.")))
    return problems + split_problems(settings.splits)


def split_problems(splits: Mapping[str, float]) -> list[FieldProblem]:
    """What is wrong with the names and shares of splits."""
    if not splits:
        return []
    if len(splits) > MAX_SPLITS or not all(_SPLIT.fullmatch(name) for name in splits):
        message = _("Name splits with small letters and digits, such as “train” and “test”.")
        return [FieldProblem("splits", message)]
    if min(splits.values()) <= 0 or abs(sum(splits.values()) - 1) > SHARES_OFF:
        return [FieldProblem("splits", _("The shares of splits are above 0 and make 1 together."))]
    return []


def split_of(key: str, *, splits: Mapping[str, float], seed: str) -> str:
    """The split that all items of a key go into, by a hash: the same in every release with this seed and these shares.

    Args:
        key: what the item asks.
        splits: valid shares by name.
        seed: another one draws other splits.
    """
    place = int.from_bytes(sha256(f"{seed}\0{key}".encode()).digest()[:8]) / 2**64
    names = sorted(splits)  # their order is not kept
    for name in names:
        place -= splits[name]
        if place < 0:
            return name
    return names[-1]


def review_word(verdict: str | None, *, given: bool = False) -> str:
    """How a submission came to be accepted, for the rows of a release: by a reviewer, without one, or elsewhere."""
    unreviewed = "imported" if given else "unreviewed"
    return {"accept": "accepted", "correct": "corrected"}.get(verdict or "", unreviewed)


def scope_text(settings: ReleaseSettings) -> str:
    """In English for the dataset card: which work is in a release, where it is not all that was accepted."""
    said = []
    if settings.since is not None:
        said.append(f"only what was submitted on {settings.since.isoformat()} or later")
    if settings.until is not None:
        said.append(f"only what was submitted on {settings.until.isoformat()} or before")
    if settings.topics:
        said.append(f"only the topics {', '.join(settings.topics)}")
    if settings.item_languages:
        said.append(f"only answers asked for in: {', '.join(settings.item_languages)}")
    if settings.item_levels:
        said.append(f"only items of the levels {', '.join(map(str, settings.item_levels))}")
    if settings.least_agreement is not None:
        said.append(f"only items on whose answers people agree by {settings.least_agreement:g} or more")
    if settings.reviews:
        said.append(f"only what came to be accepted as: {', '.join(settings.reviews)}")
    if settings.replaces is not None:
        said.append(
            f"this release replaces release {settings.replaces}, from which {settings.withdrawn} submissions were "
            "withdrawn; please use it in its place"
        )
    return "; ".join(said)
