"""Which accepted work a release holds."""

from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from preceptor.datasets.rules import ReleaseSettings
from preceptor.lib.db import Driver, WriteSession
from preceptor.projects.rules import ProjectRules, ProjectTerms

# The newest revision is what counts: a trainer's or a reviewer's correction takes the place of what it corrects. What
# was surplus is in the state `surplus` and so stays out; so does what was erased.
FREEZE = "INSERT INTO release_member (release_id, submission_id) SELECT %(release)s, newest.id"
ACCEPTED = """
FROM assignment
CROSS JOIN LATERAL (
    SELECT submission.id, submission.origin, submission.submitted_at, submission.form_version FROM submission
    WHERE submission.assignment_id = assignment.id
    ORDER BY submission.revision DESC LIMIT 1
) AS newest
JOIN submission_body ON submission_body.submission_id = newest.id AND submission_body.erased_at IS NULL
WHERE assignment.project_id = %(project)s AND assignment.state = 'accepted'
"""

SINCE = " AND newest.submitted_at >= %(since)s"
UNTIL = " AND newest.submitted_at < %(until)s"
TOPICS = " AND EXISTS (SELECT FROM item WHERE item.id = assignment.item_id AND item.topic = ANY(%(topics)s))"
# A lane says only what its item asks beyond its project; an empty part stands for what the project says.
LANGUAGES = """
AND EXISTS (SELECT FROM item WHERE item.id = assignment.item_id
            AND coalesce(nullif(split_part(item.lane, '/', 1), ''), %(language)s) = ANY(%(languages)s))
"""
LEVELS = """
AND EXISTS (SELECT FROM item WHERE item.id = assignment.item_id
            AND coalesce(nullif(split_part(item.lane, '/', 2), '')::int, %(level)s) = ANY(%(levels)s))
"""
# The words of `review_word`.
REVIEWS = """
AND coalesce(
    (SELECT CASE review.verdict WHEN 'accept' THEN 'accepted' WHEN 'correct' THEN 'corrected' END FROM review
     WHERE review.assignment_id = assignment.id AND review.state = 'decided'
     ORDER BY review.round DESC, review.id DESC LIMIT 1),
    CASE newest.origin WHEN 'given' THEN 'imported' ELSE 'unreviewed' END
) = ANY(%(reviews)s)
"""

ITEMS = "SELECT id FROM item WHERE project_id = %s AND id > %s ORDER BY id LIMIT %s"
ANSWERS = "SELECT assignment.item_id, newest.id, newest.form_version, submission_body.content::text"
OF_ITEMS = " AND assignment.item_id = ANY(%(items)s) ORDER BY assignment.item_id, assignment.id"
ENTER = "INSERT INTO release_member (release_id, submission_id) SELECT %s, unnest(%s::uuid[])"
PAGE = 500
"""Items looked at together."""


class GivenAnswer(msgspec.Struct, frozen=True):
    """An accepted answer, as it counts now."""

    submission_id: UUID
    form_version: int
    content: str


async def freeze_all(
    session: WriteSession, *, settings: ReleaseSettings, release_id: UUID, project_id: UUID, rules: ProjectRules
) -> int:
    """Put all that the settings ask for into a release, in one statement. Answers how much that is."""
    driver = await session.driver()
    condition, values = _wanted(settings, project_id=project_id, rules=rules)
    frozen = await driver.execute(FREEZE + condition, values | {"release": release_id})
    return frozen.rowcount


async def answers_by_item(
    driver: Driver, *, settings: ReleaseSettings, terms: ProjectTerms
) -> AsyncIterator[list[GivenAnswer]]:
    """The accepted answers that the settings ask for, of one item after the other, a page of items at a time."""
    condition, values = _wanted(settings, project_id=terms.id, rules=terms.rules)
    after = UUID(int=0)
    while items := [row[0] for row in await (await driver.execute(ITEMS, (terms.id, after, PAGE))).fetchall()]:
        after = items[-1]
        found = await driver.execute(ANSWERS + condition + OF_ITEMS, values | {"items": items})
        for _item, rows in groupby(await found.fetchall(), key=lambda row: row[0]):
            yield [GivenAnswer(*row[1:]) for row in rows]


async def enter_members(driver: Driver, *, release_id: UUID, submission_ids: Collection[UUID]) -> None:
    """Put submissions into a release that is being put together."""
    await driver.execute(ENTER, (release_id, list(submission_ids)))


def _wanted(
    settings: ReleaseSettings, *, project_id: UUID, rules: ProjectRules
) -> tuple[LiteralString, dict[str, Any]]:
    """What a statement says after its columns to see what the settings ask for, and its values."""
    statement = ACCEPTED
    if settings.since is not None:
        statement += SINCE
    if settings.until is not None:
        statement += UNTIL
    if settings.topics:
        statement += TOPICS
    if settings.reviews:
        statement += REVIEWS
    if settings.item_languages:
        statement += LANGUAGES
    if settings.item_levels:
        statement += LEVELS
    return statement, {
        "project": project_id,
        "language": rules.language,
        "languages": list(settings.item_languages),
        "level": rules.level,
        "levels": list(settings.item_levels),
        "since": settings.since and datetime.combine(settings.since, time(), UTC),
        "until": settings.until and datetime.combine(settings.until + timedelta(days=1), time(), UTC),
        "topics": list(settings.topics),
        "reviews": list(settings.reviews),
    }
