"""What a release holds, page by page: each submission with everything that its rows are made of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.datasets.rules import review_word
from preceptor.kinds.content import Provenance
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.task import TaskKind
from preceptor.lib.db import Driver, ReadSession
from preceptor.people.pseudonyms import derived_pseudonym
from preceptor.work.queries.masks import masks_of
from preceptor.work.queries.turns import TurnsWanted, shown_turns, turns_of_many

# Pages are found by key over rows that never change, so that no snapshot is held for longer than one statement.
MEMBERS = """
SELECT submission.id, submission.assignment_id, submission.item_id, submission.revision, submission.form_version,
       submission.guidelines_version, submission.submitted_at, person.pseudonym, item.topic, item.content::text,
       CASE WHEN body.erased_at IS NULL THEN body.content::text END, submission.origin = 'given',
       submission.trainer_id
FROM (
    SELECT submission_id FROM release_member
    WHERE release_id = %(release)s AND submission_id > %(after)s
    ORDER BY submission_id LIMIT %(limit)s
) AS member
JOIN submission ON submission.id = member.submission_id
JOIN submission_body AS body ON body.submission_id = submission.id
JOIN item ON item.id = submission.item_id
JOIN person ON person.id = submission.trainer_id
ORDER BY submission.id
"""

TIMES = """
SELECT assignment_id, sum(active_ms)::bigint, sum(idle_ms)::bigint, sum(waiting_ms)::bigint, sum(paused_ms)::bigint
FROM time_entry WHERE assignment_id = ANY(%s) AND activity IN ('work', 'rework') GROUP BY assignment_id
"""

VERDICTS = """
SELECT DISTINCT ON (assignment_id) assignment_id, verdict FROM review
WHERE assignment_id = ANY(%s) AND state = 'decided' ORDER BY assignment_id, round DESC, id DESC
"""

FORM_VERSIONS = """
SELECT form_version.version, form_version.settings::text FROM form_version
WHERE form_version.project_id = %(project)s AND form_version.version IN (
    SELECT submission.form_version FROM release_member
    JOIN submission ON submission.id = release_member.submission_id WHERE release_member.release_id = %(release)s
)
ORDER BY form_version.version DESC
"""

NEVER = (0, 0, 0, 0)
FIRST = UUID(int=0)


class FrozenSubmission(msgspec.Struct, frozen=True):
    """A submission of a release, read and ready to be turned into content."""

    settings: Any
    item: Any
    turns: list[TurnShown]
    answer: Any
    provenance: Provenance


class MembersPage(msgspec.Struct, frozen=True):
    """Some submissions; `last` is where the next page begins, `count` how many the page stands for.

    `submissions` are fewer than `count` where an answer was erased after it had been frozen.
    """

    submissions: list[FrozenSubmission]
    last: UUID
    count: int


class FrozenProject(msgspec.Struct, frozen=True):
    """What every row of a release has in common, and the forms its answers were given under, newest first.

    `seed`: draws pseudonyms of the release's own; empty for those that people have on the platform.
    """

    release_id: UUID
    slug: str
    kind: TaskKind[Any, Any, Any]
    forms: Mapping[int, Any]
    seed: str = ""


async def frozen_project(
    driver: Driver, *, release_id: UUID, project_id: UUID, slug: str, kind: TaskKind[Any, Any, Any], seed: str = ""
) -> FrozenProject:
    """The project of a release, with the form versions that occur in it."""
    rows = await (await driver.execute(FORM_VERSIONS, {"project": project_id, "release": release_id})).fetchall()
    forms = {version: kind.decode_settings(settings) for version, settings in rows}
    return FrozenProject(release_id, slug, kind, forms, seed)


async def page_of_members(
    driver: Driver, *, project: FrozenProject, after: UUID = FIRST, limit: int = 1_000
) -> MembersPage | None:
    """The submissions after the one given, in the order of their ids; None where there are no more."""
    values = {"release": project.release_id, "after": after, "limit": limit}
    rows = await (await driver.execute(MEMBERS, values)).fetchall()
    if not rows:
        return None
    assignment_ids = [row[1] for row in rows]
    times = {row[0]: row[1:] for row in await (await driver.execute(TIMES, (assignment_ids,))).fetchall()}
    verdicts = dict(await (await driver.execute(VERDICTS, (assignment_ids,))).fetchall())
    kept = [row for row in rows if row[10] is not None]
    items = {row[2]: row[9] for row in kept}
    decoded = {item_id: project.kind.decode_item(content) for item_id, content in items.items()}
    masks = await masks_of(driver, kind=project.kind, item_ids=decoded)
    turns = await turns_of_many(driver, wanted=[_wanted(project, row, decoded[row[2]]) for row in kept])
    submissions = [
        FrozenSubmission(
            settings=project.forms[row[4]],
            item=masks.over(decoded[row[2]], settings=project.forms[row[4]], item_id=row[2], own=row[1]),
            turns=shown_turns(turns[row[1]]),
            answer=project.kind.decode_answer(row[10]),
            provenance=_provenance(
                project, row, decoded[row[2]], times=times.get(row[1], NEVER), verdict=verdicts.get(row[1])
            ),
        )
        for row in kept
    ]
    return MembersPage(submissions, last=rows[-1][0], count=len(rows))


def _wanted(project: FrozenProject, row: Sequence[Any], item: Any) -> TurnsWanted:
    kind = project.kind
    return TurnsWanted(
        assignment_id=row[1],
        item_id=row[2],
        given=kind.given_turn(item),
        asks_models=kind.may_ask(project.forms[row[4]], item),
    )


def _provenance(
    project: FrozenProject, row: Sequence[Any], item: Any, *, times: Sequence[int], verdict: str | None
) -> Provenance:
    submitted_at: datetime = row[6]
    return Provenance(
        project=project.slug,
        kind=project.kind.key,
        item_id=str(row[2]),
        submission_id=str(row[0]),
        revision=row[3],
        trainer=derived_pseudonym(row[12], seed=project.seed) if project.seed else row[7],
        guidelines_version=row[5],
        form_version=row[4],
        review=review_word(verdict, given=row[11]),
        active_ms=times[0],
        idle_ms=times[1],
        waiting_ms=times[2],
        paused_ms=times[3],
        submitted_at=submitted_at,
        topic=row[8] or None,
        source=project.kind.item_source(item),
    )


async def releases_with_erased(session: ReadSession, *, person_id: UUID) -> list[UUID]:
    """Releases that hold a text of a person which has been erased since, for the job that deletes their files."""
    driver = await session.driver()
    found = await driver.execute(
        "SELECT DISTINCT member.release_id FROM release_member AS member "
        "JOIN submission ON submission.id = member.submission_id "
        "JOIN submission_body AS body ON body.submission_id = submission.id AND body.erased_at IS NOT NULL "
        "WHERE submission.trainer_id = %(person)s OR submission.author_id = %(person)s",
        {"person": person_id},
    )
    return [row[0] for row in await found.fetchall()]
