"""Setting the rates of a project and its price for each task, and the rates of a role in all projects."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.pay.operations import set_rate, set_task_price
from preceptor.pay.rules import PaidRole, Reach
from preceptor.people.rules import Actor, Permission
from preceptor.projects.operations.fetching import hold_project
from preceptor.projects.queries import access_project, terms_of_running
from preceptor.projects.rules import ProjectRules, ProjectState, Purpose


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


class NoTaskPriceError(ConflictError):
    """A project has no price for each task that could have a date."""

    code = "no_task_price"
    title = _("This project has no price for each task.")


async def set_project_task_price(
    session: WriteSession,
    *,
    actor: Actor,
    slug: str,
    minor: int | None,
    valid_from: datetime,
    note: str = "",
    notice_days: int,
    now: datetime,
) -> UUID:
    """Add a version of a project's price for each task; see `pay.operations.set_task_price`.

    Raises:
        MissingPermissionError: the actor does not set rates, or does not change projects.
        NoSuchProjectError: there is none at this address.
        NoTaskPriceError: it is a draft, whose price stands in its settings; or it is unpaid, an exam or training.
        InvalidError: too soon for a lower price, or not understood; `fields` says.
    """
    actor.require(Permission.RATE_WRITE)
    project = await hold_project(session, actor=actor, slug=slug)
    rules = msgspec.convert(project.rules, ProjectRules)
    if project.state == ProjectState.DRAFT.value:
        raise NoTaskPriceError(_("Nobody has begun work here yet. Set the price in the project’s settings."))
    if rules.unpaid:
        raise NoTaskPriceError(_("Unpaid work has no price per task."))
    if project.purpose != Purpose.WORK.value:
        raise NoTaskPriceError(_("Exams and training are paid by the hour."))
    return await set_task_price(
        session,
        actor=actor,
        project_id=project.id,
        minor=minor,
        own=rules.task_price_minor,
        valid_from=valid_from,
        note=note,
        notice=timedelta(notice_days),
        now=now,
    )
