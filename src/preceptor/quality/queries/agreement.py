"""How far people agree who have answered the same items, on a sample of bounded size: the newest ones."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidAnswerError
from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import ProjectView, form_at

NEWEST = 2_000
MOST_ITEMS = 200

# The items of the newest answers; every answer to them that counts, as its trainer left it. Corrections by reviewers
# are left out: they would make people agree who did not.
SAMPLE = """
WITH newest AS (
    SELECT item_id, id FROM submission WHERE project_id = %(project)s AND revision = 1 AND NOT surplus
    ORDER BY id DESC LIMIT %(newest)s
), items AS MATERIALIZED (
    SELECT newest.item_id, max(newest.id::text) AS last
    FROM newest
    WHERE (SELECT count(*) FROM assignment
           WHERE assignment.item_id = newest.item_id AND assignment.state IN ('submitted', 'accepted')) > 1
    GROUP BY newest.item_id ORDER BY last DESC LIMIT %(items)s
)
SELECT items.item_id, latest.form_version, submission_body.content
FROM items
JOIN assignment ON assignment.item_id = items.item_id AND assignment.state IN ('submitted', 'accepted')
CROSS JOIN LATERAL (
    SELECT id, form_version FROM submission
    WHERE submission.assignment_id = assignment.id AND submission.origin <> 'review'
    ORDER BY revision DESC LIMIT 1
) AS latest
JOIN submission_body ON submission_body.submission_id = latest.id AND submission_body.erased_at IS NULL
ORDER BY items.last DESC, assignment.id
"""


class Agreement(msgspec.Struct, frozen=True):
    """How far people agree.

    Attributes:
        measures: the most telling one first; empty where no item has several answers.
        items, answers: how many the sample holds.
        form_version: the form that all of them were given under.
        bounded: there may be more; these are the newest.
    """

    measures: tuple[Measure, ...]
    items: int = 0
    answers: int = 0
    form_version: int = 0
    bounded: bool = False


async def project_agreement(session: ReadSession, *, actor: Actor, project: ProjectView) -> Agreement:
    """How far the people agree who have answered the same items of a project: the 200 items answered last.

    Answers given under different forms cannot be compared: only those under the newest form of the sample are taken.

    Raises:
        MissingPermissionError: the actor may not read submissions.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    actor.require(Permission.SUBMISSION_READ)
    kind = task_kind(project.kind)
    driver = await session.driver()
    values = {"project": project.id, "newest": NEWEST, "items": MOST_ITEMS}
    rows: list[Any] = await (await driver.execute(SAMPLE, values)).fetchall()
    by_version: dict[int, dict[UUID, list[Any]]] = {}
    for item_id, version, content in rows:
        try:
            answer = kind.decode_answer(content)
        except InvalidAnswerError:  # of a form this version no longer reads
            continue
        by_version.setdefault(version, {}).setdefault(item_id, []).append(answer)
    for version in sorted(by_version, reverse=True):
        units = [answers for answers in by_version[version].values() if len(answers) > 1]
        if units:
            form = await form_at(session, project_id=project.id, version=version)
            settings = kind.decode_settings(form.settings)
            measures = await asyncio.to_thread(kind.agreement, settings, units)
            bounded = len({row[0] for row in rows}) >= MOST_ITEMS
            return Agreement(measures, len(units), sum(map(len, units)), version, bounded)
    return Agreement(())
