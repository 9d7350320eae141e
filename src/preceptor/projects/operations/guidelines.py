"""Changing guidelines, and saying that one has read them."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor
from preceptor.projects.events import GuidelinesAcknowledged, GuidelinesChanged
from preceptor.projects.operations.fetching import author, hold_project
from preceptor.projects.queries import access_guidelines, guidelines_at
from preceptor.projects.rules import (
    MAX_CHANGE_NOTE,
    MAX_GUIDELINES,
    NO_GUIDELINES,
    ProjectState,
    clean_text,
    text_problems,
)
from preceptor.projects.tables import GuidelinesAcknowledgement, GuidelinesVersion


class StaleGuidelinesError(ConflictError):
    """Somebody else changed the guidelines in the meantime."""

    title = _("Somebody else changed these guidelines in the meantime. Load them again and repeat your change.")
    code = "stale_guidelines"


async def change_guidelines(
    session: WriteSession, *, actor: Actor, slug: str, markdown: str, expected_version: int, change_note: str = ""
) -> int:
    """Put a new text in force and answer its version, which stays the same where the text does.

    Trainers are asked to read what changed before they start again; work that was begun keeps its version.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
        StaleGuidelinesError: another version than `expected_version` is in force by now.
        InvalidError: the text or the note is too long or holds characters that cannot be kept.
    """
    project = await hold_project(session, actor=actor, slug=slug)
    if project.guidelines_version != expected_version:
        raise StaleGuidelinesError(extra={"version": project.guidelines_version})
    text, note = clean_text(markdown), clean_text(change_note)
    problems = [
        *text_problems("markdown", text, most=MAX_GUIDELINES),
        *text_problems("change_note", note, most=MAX_CHANGE_NOTE),
    ]
    if project.state == ProjectState.OPEN.value and not text:
        problems.append(FieldProblem("markdown", NO_GUIDELINES))
    if problems:
        raise InvalidError(fields=problems)
    if text == (await guidelines_at(session, project_id=project.id, version=expected_version)).markdown:
        return expected_version
    project.guidelines_version = version = expected_version + 1
    session.add(
        GuidelinesVersion(
            project_id=project.id, version=version, markdown=text, change_note=note, created_by=author(actor)
        )
    )
    session.emit(
        GuidelinesChanged(actor_id=actor.person_id, subject_id=project.id, project_id=project.id, version=version)
    )
    return version


async def acknowledge_guidelines(
    session: WriteSession, *, actor: Actor, slug: str, version: int, now: datetime
) -> bool:
    """Write down that the actor has read a version of the guidelines. An older one never takes a newer one's place.

    Returns:
        True where they had not said so before.

    Raises:
        NoSuchProjectError: there is none at this address, or the actor may not see it.
        NoSuchGuidelinesError: there is no such version.
    """
    guidelines = await access_guidelines(session, actor=actor, slug=slug, version=version)
    row = insert(GuidelinesAcknowledgement).values(
        project_id=guidelines.project_id, person_id=actor.person_id, version=version, at=now
    )
    newer = GuidelinesAcknowledgement.version < row.excluded.version
    row = row.on_conflict_do_update(
        index_elements=["project_id", "person_id"],
        set_={"version": row.excluded.version, "at": row.excluded.at},
        where=newer,
    )
    written = await session.execute(row.returning(GuidelinesAcknowledgement.version))
    fresh = written.first() is not None
    if fresh:
        session.emit(
            GuidelinesAcknowledged(
                actor_id=actor.person_id,
                subject_id=guidelines.project_id,
                project_id=guidelines.project_id,
                version=version,
            )
        )
    return fresh
