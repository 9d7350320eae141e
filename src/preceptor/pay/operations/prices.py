"""Writing prices for each task. They are only ever added to."""

from datetime import datetime, timedelta
from uuid import UUID

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.pay.events import TaskPriceSet
from preceptor.pay.operations.rates import FURTHEST, MAX_NOTE
from preceptor.pay.queries.prices import prices_of
from preceptor.pay.rules import MOST_PRICE_MINOR, PriceVersion, lowers_price
from preceptor.pay.tables import TaskPrice
from preceptor.people.rules import SYSTEM, Actor, Permission


async def set_task_price(
    session: WriteSession,
    *,
    actor: Actor,
    project_id: UUID,
    minor: int | None,
    own: int | None,
    valid_from: datetime,
    note: str = "",
    notice: timedelta,
    now: datetime,
) -> UUID:
    """Add a version of a project's price for each task. It holds for tasks begun from its moment on.

    For callers that hold the project, so that no other version is written meanwhile.

    Args:
        session: the transaction.
        actor: a manager.
        project_id: whose.
        minor: what handing a task in earns, in minor units of the project's currency; None: from then on the hour is
            paid.
        own: the project's own price, which holds until the first version begins.
        valid_from: from when; the past counts as now.
        note: why, for colleagues.
        notice: how long before a task earns less this must be said.
        now: the time.

    Raises:
        MissingPermissionError: the actor does not set rates.
        InvalidError: too soon for a lower price, or not understood; `fields` says.
    """
    actor.require(Permission.RATE_WRITE)
    new = PriceVersion(new_id(), minor, max(valid_from, now))
    problems: list[FieldProblem] = []
    if minor is not None and not 0 < minor <= MOST_PRICE_MINOR:
        message = _("Give a number from {least} to {most}.").format(least=1, most=MOST_PRICE_MINOR)
        problems.append(FieldProblem("price", message))
    if len(note) > MAX_NOTE or not note.isprintable():
        problems.append(FieldProblem("note", _("Use at most {count} characters.").format(count=MAX_NOTE)))
    if new.valid_from > now + FURTHEST:
        problems.append(FieldProblem("valid_from", _("Choose a day within the next three years.")))
    elif new.valid_from < now + notice:
        versions = await prices_of(session, project_id=project_id)
        if lowers_price(versions, new, own=own):
            message = _("A task would earn less. That needs {days} days’ notice: from {day}.")
            day = (now + notice + timedelta(days=1)).date().isoformat()
            problems.append(FieldProblem("valid_from", message.format(days=notice.days, day=day)))
    if problems:
        raise InvalidError(fields=problems)
    session.add(
        TaskPrice(
            id=new.id,
            project_id=project_id,
            price_minor=minor,
            valid_from=new.valid_from,
            note=note,
            created_by=None if actor.person_id == SYSTEM.person_id else actor.person_id,
        )
    )
    await session.flush()
    session.emit(TaskPriceSet(actor_id=actor.person_id, subject_id=new.id, project_id=project_id))
    return new.id
