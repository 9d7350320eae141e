"""Setting the rates of a project."""

from datetime import datetime, timedelta
from uuid import UUID

from preceptor.lib.db import WriteSession
from preceptor.lib.money import Money
from preceptor.pay.operations import set_rate
from preceptor.pay.rules import Reach
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project
from preceptor.projects.rules import ProjectState


async def set_project_rate(
    session: WriteSession,
    *,
    actor: Actor,
    slug: str,
    reach: Reach,
    rate: Money | None,
    currency: str,
    valid_from: datetime,
    note: str = "",
    notice_days: int,
    now: datetime,
) -> UUID:
    """Add a version of one of a project's rates; see `pay.operations.set_rate`. A draft needs no notice.

    Raises:
        MissingPermissionError: the actor does not set rates.
        NoSuchProjectError: there is none at this address.
        InvalidError: below a floor, too soon for somebody who would be paid less, or not understood; `fields` says.
    """
    actor.require(Permission.RATE_WRITE)
    project = await access_project(session, actor=actor, slug=slug)
    is_draft = project.state is ProjectState.DRAFT
    return await set_rate(
        session,
        actor=actor,
        project_id=project.id,
        reach=reach,
        rate=rate,
        currency=currency,
        valid_from=valid_from,
        note=note,
        default=project.rate if project.rate.amount else None,
        notice=timedelta(0 if is_draft else notice_days),
        now=now,
    )
