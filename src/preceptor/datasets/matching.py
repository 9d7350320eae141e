"""Which kind of task suits a file, and the project that is made for it."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from preceptor.datasets.formats import import_format
from preceptor.datasets.itemising import fitting, picture_fetcher
from preceptor.datasets.readers import ImportedRow, Source
from preceptor.datasets.rules import ImportOptions
from preceptor.kinds.content import Content
from preceptor.kinds.registry import task_kind, task_kinds
from preceptor.kinds.task import TaskKind
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor
from preceptor.projects.operations import add_client_organisation, add_project
from preceptor.projects.queries import list_client_organisations
from preceptor.projects.rules import slug_from
from preceptor.work.attaching import look_at_picture

LOOKED_AT = 200
"""Rows that are looked at to see what a file holds."""
SECOND_BEST = 0.5
"""What content counts that a kind takes only as something else than what it is."""
OWNER = "Imported data"


class NothingSuitsError(InvalidError):
    """No kind of task has a use for what a file holds."""

    code = "nothing_suits"
    title = _("No kind of task that is installed here has a use for what this file holds.")


class BadSlugError(InvalidError):
    """A project cannot have this address."""

    code = "bad_slug"


def first_contents(
    *,
    path: Path,
    format: str,  # noqa: A002 (the field's own word)
    options: ImportOptions,
    file_name: str,
    picture_sources: str = "",
) -> list[Content]:
    """What the first rows of a file hold; rows that cannot be read are passed over.

    Raises:
        SourceError: the file cannot be opened.
        UnknownFormatError: there is no such format.
    """
    source = Source(path=path, encoding=options.encoding, columns=options.columns, name=file_name)
    source.keep_picture = lambda data, name: look_at_picture(data, name=name)
    source.fetch_picture = picture_fetcher(picture_sources)
    read = import_format(format).read
    assert read is not None
    return [row.content for row in islice(read(source), LOOKED_AT) if isinstance(row, ImportedRow)]


def best_kind(contents: Sequence[Content]) -> str:
    """The key of the kind that these contents suit best; between equals the one that stands first.

    Raises:
        NothingSuitsError: none takes any of them.
    """
    scores = {key: sum(_suits(kind, content) for content in contents) for key, kind in task_kinds().items()}
    best = max(scores, key=lambda key: scores[key], default=None)
    if best is None or not scores[best]:
        raise NothingSuitsError
    return best


def _suits(kind: TaskKind[Any, Any, Any], content: Content) -> float:
    """1 for what the kind takes best, less for each type that it takes rather."""
    if isinstance(content, kind.accepts):
        place = next(index for index, accepted in enumerate(kind.accepts) if isinstance(content, accepted))
        return 1 / (1 + place) if kind.takes(content) else 0
    others = fitting(kind, content)
    return SECOND_BEST * _suits(kind, others[0]) if others else 0


async def make_project(
    session: WriteSession,
    *,
    actor: Actor,
    slug: str,
    contents: Sequence[Content],
    kind: str | None = None,
    client: str | None = None,
) -> UUID:
    """Make a project for a file: of the kind its contents suit best, as a draft without a rate. Answers its id.

    Args:
        session: the transaction.
        actor: a manager.
        slug: its address; its title is made of it.
        contents: what the file holds, or the beginning of that.
        kind: key of a kind; None for the best one.
        client: name of the client organisation, which is made where there is none; None for the only one there is.

    Raises:
        MissingPermissionError: the actor may not make projects.
        BadSlugError: it cannot be an address.
        NothingSuitsError: no kind has a use for the contents.
        UnknownKindError: there is no such kind.
        InvalidError: the kind's own settings for these contents will not do.
    """
    title = " ".join(slug.split("-")).strip().capitalize()
    if slug_from(title) != slug:
        message = _("A project cannot have the address “{slug}”. Use small letters, digits and single hyphens.")
        raise BadSlugError(fields=[FieldProblem("slug", message.format(slug=slug[:100]))])
    chosen = task_kind(kind or best_kind(contents))
    pieces = [piece for content in contents for piece in fitting(chosen, content)]
    made = await add_project(
        session,
        actor=actor,
        client_id=await _client(session, actor, client),
        title=title,
        kind=chosen.key,
        rate=Money(0, "EUR"),
        settings=msgspec.to_builtins(chosen.settings_from_content(pieces)),
    )
    return made.id


async def _client(session: WriteSession, actor: Actor, name: str | None) -> UUID:
    known = await list_client_organisations(session, actor=actor)
    if name is None and len(known) == 1:
        return known[0].id
    wanted = name or OWNER
    found = next((one.id for one in known if one.name == wanted), None)
    return found or await add_client_organisation(session, actor=actor, name=wanted)
