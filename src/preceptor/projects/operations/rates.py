"""Setting the rates of a project, and those of a role in all projects."""

from datetime import datetime, timedelta
from uuid import UUID

from preceptor.lib.db import WriteSession
from preceptor.lib.money import Money
from preceptor.pay.operations import set_rate
from preceptor.pay.rules import PaidRole, Reach
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project, terms_of_running
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
        defaults={project.id: project.rate if project.rate.amount else None},
        notice=timedelta(0 if is_draft else notice_days),
        now=now,
    )


async def set_role_rate(
    session: WriteSession,
    *,
    actor: Actor,
    role: PaidRole,
    reach: Reach,
    rate: Money | None,
    currency: str,
    valid_from: datetime,
    note: str = "",
    notice_days: int,
    now: datetime,
) -> UUID:
    """Add a version of a role's rates in all projects; see `pay.operations.set_rate`.

    Notice is needed as well where it is below the own rate of a project that people work on.

    Raises:
        MissingPermissionError: the actor does not set rates.
        InvalidError: below a floor, too soon for somebody who would be paid less, or not understood; `fields` says.
    """
    actor.require(Permission.RATE_WRITE)
    return await set_rate(
        session,
        actor=actor,
        project_id=None,
        role=role,
        reach=reach,
        rate=rate,
        currency=currency,
        valid_from=valid_from,
        note=note,
        defaults={one.id: one.rate for one in await terms_of_running(session) if not one.rules.unpaid},
        notice=timedelta(notice_days),
        now=now,
    )
