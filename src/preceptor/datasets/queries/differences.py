"""What one release has that another does not."""

from uuid import UUID

import msgspec

from preceptor.datasets.queries.releases import access_release
from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor

MOST_NAMED = 1_000

DIFFERENCES = """
SELECT CASE WHEN old.assignment_id IS NULL THEN 'added' WHEN new.assignment_id IS NULL THEN 'removed'
            WHEN old.id <> new.id THEN 'revised' ELSE 'kept' END AS what,
       count(*), count(DISTINCT coalesce(new.trainer_id, old.trainer_id)),
       (array_agg(coalesce(new.id, old.id) ORDER BY coalesce(new.id, old.id)))[1:%(most)s]
FROM (SELECT submission.* FROM release_member JOIN submission ON submission.id = submission_id
      WHERE release_id = %(old)s) AS old
FULL JOIN (SELECT submission.* FROM release_member JOIN submission ON submission.id = submission_id
           WHERE release_id = %(new)s) AS new USING (assignment_id)
GROUP BY 1
"""


class Change(msgspec.Struct, frozen=True):
    """Submissions that differ in one way. `named`: the first thousand; of revised ones as they are in the newer."""

    submissions: int = 0
    people: int = 0
    named: tuple[UUID, ...] = ()


class ReleaseDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A release against another.

    Attributes:
        old, new: their numbers.
        added: in the new one alone.
        removed: in the old one alone.
        revised: the same answer, corrected in between.
        kept: in both as it is.
    """

    old: int
    new: int
    added: Change = Change()
    removed: Change = Change()
    revised: Change = Change()
    kept: Change = Change()


async def release_difference(session: ReadSession, *, actor: Actor, slug: str, old: int, new: int) -> ReleaseDifference:
    """How release `new` of a project differs from release `old`.

    Raises:
        MissingPermissionError: the actor may not read releases at all.
        NoSuchProjectError: there is no such project, or its data is not theirs.
        NoSuchReleaseError: it has no release of one of these numbers.
    """
    ids = [(await access_release(session, actor=actor, slug=slug, number=number)).summary.id for number in (old, new)]
    driver = await session.driver()
    rows = await (await driver.execute(DIFFERENCES, {"old": ids[0], "new": ids[1], "most": MOST_NAMED})).fetchall()
    changes = {what: Change(count, people, tuple(named)) for what, count, people, named in rows}
    if "kept" in changes:
        changes["kept"] = msgspec.structs.replace(changes["kept"], named=())
    return ReleaseDifference(old=old, new=new, **changes)
