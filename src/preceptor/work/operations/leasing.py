"""Opening, pausing and going on: what happens to an assignment between claim and end."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from psycopg.errors import UniqueViolation

from preceptor.lib.db import Driver
from preceptor.lib.errors import ConflictError, ProblemError
from preceptor.lib.events import Event
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.people.rules import DAILY_MINUTES, Actor, ContentCategory
from preceptor.projects.rules import ProjectTerms
from preceptor.work.events import Begun, Paused, Resumed, ReworkBegun
from preceptor.work.operations.beats import Beat, Beaten, Terms, beat_all, take_slot_back
from preceptor.work.operations.claiming import check_claim, terms_now
from preceptor.work.operations.drafts import AssignmentEndedError, NoSuchAssignmentError
from preceptor.work.operations.ending import AssignmentRow, access_own
from preceptor.work.operations.expiring import let_go
from preceptor.work.operations.submitting import LOG
from preceptor.work.queries.admission import exposed_today
from preceptor.work.rules.admission import RESTRICTED, Admission

PROJECT_OF = "SELECT project_id FROM assignment WHERE id = %s"

# What was handed in is the draft that rework starts from, unless the trainer had gone on writing since. A round is what
# a reviewer asks for: after a lease that ran out the same one goes on.
REOPEN = """
WITH newest AS (
    SELECT submission_body.content FROM submission
    JOIN submission_body ON submission_body.submission_id = submission.id
    WHERE submission.assignment_id = %(id)s ORDER BY submission.revision DESC LIMIT 1
), drafted AS (
    INSERT INTO draft (assignment_id, version, content, saved_at)
    SELECT %(id)s, 1, content, %(now)s FROM newest ON CONFLICT (assignment_id) DO NOTHING
), handed_in AS (
    SELECT greatest(count(*), 1) AS times FROM submission
    WHERE assignment_id = %(id)s AND origin IN ('first', 'rework')
)
UPDATE assignment SET state = 'active', rework_round = times, lease_until = %(lease)s, started_at = %(now)s,
                      beat_at = %(now)s, ended_at = NULL,
                      round_payable_ms = CASE rework_round WHEN times THEN round_payable_ms
                                                           ELSE active_ms + waiting_ms END,
                      round_earned_ms = CASE rework_round WHEN times THEN round_earned_ms ELSE earned_ms END
FROM handed_in WHERE id = %(id)s
"""

# Opening a task again is a sign of life in it, as starting one is.
SEEN = "UPDATE clock SET assignment_id = %(id)s, busy_at = %(now)s WHERE person_id = %(person)s"

# What the person left until its time ran out, while nobody else has it.
LEFT = """
SELECT DISTINCT ON (slot.priority, assignment.id) assignment.id, slot.lane
FROM assignment JOIN slot ON slot.item_id = assignment.item_id AND slot.state = 'open'
WHERE assignment.trainer_id = %(person)s AND assignment.project_id = %(project)s AND assignment.state = 'expired'
ORDER BY slot.priority, assignment.id
"""

OPEN = """
UPDATE assignment SET state = 'active', lease_until = %(lease)s, started_at = %(now)s, beat_at = %(now)s
WHERE id = %(id)s
"""

# It is begun now, and was held for hours maybe: what holds is what holds for tasks that are handed out now.
RENEW = """
UPDATE assignment SET form_version = %(form)s, guidelines_version = %(guidelines)s, rate_minor = %(rate)s,
                      currency = %(currency)s, cap_ms = %(cap)s, task_minor = %(task)s
WHERE id = %(id)s
"""


TAKEN_UP = "UPDATE assignment SET lease_until = %(lease)s, beat_at = %(now)s WHERE id = %(id)s"


UNWILLING = """
SELECT announced.category FROM unnest(%s::text[]) AS announced (category)
WHERE NOT EXISTS (SELECT FROM content_consent AS consent
                  WHERE consent.person_id = %s AND consent.category = announced.category)
"""


class ContentClosedError(ConflictError):
    """The task shows content the person has not said yes to (any more), or has seen enough of for one day."""

    code = "content_closed"
    title = _("This task shows content that you are not to be shown now. It goes to somebody else.")


class AnotherOpenError(ConflictError):
    """One task of a project at a time."""

    code = "another_open"
    title = _("You have another task of this project open. Finish it first, or skip it.")


class KeptOutError(ConflictError):
    """A decision about the person has taken force since the task was held for them."""

    code = "restricted"
    title = RESTRICTED


class Anew(msgspec.Struct, frozen=True):
    """What a task is begun under now: the project as it stands, and what its person may take there."""

    project: ProjectTerms
    admission: Admission


async def project_of(driver: Driver, assignment_id: UUID) -> UUID:
    """The project of an assignment, whoever it belongs to.

    Raises:
        NoSuchAssignmentError: there is none.
    """
    row = await (await driver.execute(PROJECT_OF, (assignment_id,))).fetchone()
    if row is None:
        raise NoSuchAssignmentError
    project_id = row[0]
    assert isinstance(project_id, UUID)
    return project_id


def idle_after(terms: ProjectTerms) -> timedelta:
    """How long a sign of life lasts in this project."""
    return timedelta(milliseconds=terms.idle_after_ms)


async def start(
    driver: Driver,
    *,
    actor: Actor,
    assignment_id: UUID,
    terms: Terms,
    anew: Anew | None = None,
    daily_minutes: int = DAILY_MINUTES,
    now: datetime,
) -> ProblemError | None:
    """Open a prefetched or returned assignment; an open one stays open.

    Args:
        driver: in a transaction.
        actor: whose it must be.
        assignment_id: which.
        terms: the project's times.
        anew: what a prefetched one is begun under; None leaves it as it was handed out.
        daily_minutes: most time a day with content of one category.
        now: the time.

    Returns:
        Why what was held ahead may not be begun: it is given back, and the caller raises this once that is committed.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        AssignmentEndedError: it has ended.
        AnotherOpenError: another one of the project is open.
    """
    await driver.execute("SELECT 1 FROM clock WHERE person_id = %s FOR NO KEY UPDATE", (actor.person_id,))
    await driver.execute("SELECT 1 FROM assignment WHERE id = %s FOR NO KEY UPDATE", (assignment_id,))
    row = await access_own(driver, actor=actor, assignment_id=assignment_id)
    values = {"id": row.id, "now": now, "lease": now + terms.lease}
    try:
        match row.state:
            case "active" | "paused":
                return None
            case "prefetched":
                refused = await _why_not(driver, actor, row, anew, daily_minutes=daily_minutes, now=now)
                if refused is not None:
                    await let_go(driver, row, now=now)
                    return refused
                await driver.execute(OPEN, values)
                if anew is not None:
                    await driver.execute(RENEW, {"id": row.id, **terms_now(anew.project, anew.admission)})
                await _log(driver, row, Begun(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id))
            case "returned":
                await driver.execute(REOPEN, values | {"lease": now + terms.hold})
                await driver.execute(SEEN, values | {"person": actor.person_id})
                event = ReworkBegun(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id)
                await _log(driver, row, event)
            case _:
                raise AssignmentEndedError
    except UniqueViolation as error:
        raise AnotherOpenError from error
    return None


async def _why_not(
    driver: Driver, actor: Actor, row: AssignmentRow, anew: Anew | None, *, daily_minutes: int, now: datetime
) -> ProblemError | None:
    """What has changed since a task was held ahead, so that the actor may not begin it; None where they may."""
    try:
        if anew is not None:
            check_claim(actor, anew.project)
            if anew.admission.kept_out is not None:
                raise KeptOutError
        if row.categories:
            await _check_content(driver, actor, row, daily_minutes=daily_minutes, now=now)
    except ProblemError as problem:
        return problem
    return None


async def _check_content(
    driver: Driver, actor: Actor, row: AssignmentRow, *, daily_minutes: int, now: datetime
) -> None:
    """Let what was held ahead be opened, or not: since it was taken, a consent or the day's minutes may be gone."""
    found = await (await driver.execute(UNWILLING, (list(row.categories), actor.person_id))).fetchall()
    exposed = await exposed_today(driver, person_id=actor.person_id, time_zone=actor.time_zone, now=now)
    most = timedelta(minutes=daily_minutes) // timedelta(milliseconds=1)
    if found or any(exposed.get(ContentCategory(one), 0) >= most for one in row.categories):
        raise ContentClosedError


async def take_up_left(
    driver: Driver, *, actor: Actor, terms: ProjectTerms, admission: Admission, now: datetime
) -> UUID | None:
    """Have the actor go on with what they left in a project until its time ran out; answers it, or None for none.

    For who finds nothing else there: an item that is open, and that they never answered, stays theirs to take. The time
    they were away counts as nothing.
    """
    await driver.execute("SELECT 1 FROM clock WHERE person_id = %s FOR NO KEY UPDATE", (actor.person_id,))
    where = {"person": actor.person_id, "project": terms.id}
    for assignment_id, lane in await (await driver.execute(LEFT, where)).fetchall():
        if not admission.may(lane):
            continue
        await driver.execute("SELECT 1 FROM assignment WHERE id = %s FOR NO KEY UPDATE", (assignment_id,))
        row = await access_own(driver, actor=actor, assignment_id=assignment_id)
        if row.state != "expired" or await take_slot_back(driver, row) is None:
            continue
        await driver.execute(TAKEN_UP, {"id": row.id, "now": now, "lease": now + terms.hold})
        await driver.execute(SEEN, {"id": row.id, "now": now, "person": actor.person_id})
        return row.id
    return None


async def pause(
    driver: Driver,
    *,
    actor: Actor,
    assignment_id: UUID,
    terms: Terms,
    paused: bool,
    signs: tuple[int, ...],
    now: datetime,
) -> Beaten:
    """Stop or go on with the clock: the time until now is given out first, as what it was.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        AssignmentEndedError: no clock runs.
    """
    beat = Beat(assignment_id=assignment_id, trainer_id=actor.person_id, terms=terms, signs=(0, *signs))
    (answer,) = await beat_all(driver, [beat], now=now)
    if isinstance(answer, Exception):
        raise answer
    wanted = "paused" if paused else "active"
    if answer.state in {wanted, "expired"}:
        return answer
    lease_until = max(answer.lease_until, now + (terms.hold if paused else terms.lease))
    query = "UPDATE assignment SET state = %s, lease_until = %s WHERE id = %s"
    await driver.execute(query, (wanted, lease_until, assignment_id))
    row = await access_own(driver, actor=actor, assignment_id=assignment_id)
    facts = {"actor_id": actor.person_id, "subject_id": row.id, "project_id": row.project_id}
    await _log(driver, row, Paused(**facts) if paused else Resumed(**facts))
    return msgspec.structs.replace(answer, state=wanted, lease_until=lease_until)


async def _log(driver: Driver, row: AssignmentRow, event: Event) -> None:
    data = msgspec.json.encode(event.facts()).decode()
    await driver.execute(LOG, (new_id(), event.name, event.actor_id, row.id, row.project_id, data))
