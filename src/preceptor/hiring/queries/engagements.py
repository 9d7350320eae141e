"""Reading engagements: what people agreed to, and what it pays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from preceptor.hiring.rules import AgreedRate, ApplicationState, EngagementKind, Held, holding
from preceptor.hiring.tables import Application, Engagement, EngagementEnd, Offer
from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.people.rules import Place, Role


async def engagement_rate(
    session: ReadSession, *, person_id: UUID, project_id: UUID, at: datetime, role: Role = Role.TRAINER
) -> AgreedRate | None:
    """What a person agreed to be paid for work of a project that they begin at `at`; None where nothing was agreed.

    The accepted snapshot wins over any table of rates for what it covers: its projects, or its role everywhere. A paid
    exam that somebody is invited to is paid at the rate of the offer they applied for. Two indexed statements at most.
    """
    rows = await session.execute(
        select(Engagement, EngagementEnd.ends_at, Offer.number)
        .join(Offer, Offer.id == Engagement.offer_id)
        .outerjoin(
            EngagementEnd,
            (EngagementEnd.person_id == Engagement.person_id) & (EngagementEnd.offer_id == Engagement.offer_id),
        )
        .where(Engagement.person_id == person_id, Engagement.effective_from <= at, Engagement.role == role.value)
    )
    found = {row[0].id: row for row in rows}
    chosen = holding(
        [
            Held(
                id=row[0].id,
                offer_id=row[0].offer_id,
                version=row[0].version,
                project_ids=tuple(row[0].project_ids),
                effective_from=row[0].effective_from,
                ends_at=row[1],
            )
            for row in found.values()
        ],
        project_id=project_id,
        at=at,
    )
    if chosen is None:
        return await _exam_rate(session, person_id=person_id, project_id=project_id)
    row, _ends_at, number = found[chosen.id]
    return AgreedRate(
        rate=Money(row.rate_minor, row.currency),
        place=Place(row.country, row.region),
        kind=EngagementKind(row.kind),
        offer_number=number,
        engagement_id=row.id,
        terms_version=row.terms_version,
    )


async def _exam_rate(session: ReadSession, *, person_id: UUID, project_id: UUID) -> AgreedRate | None:
    offer = await session.scalar(
        select(Offer)
        .join(Application, Application.offer_id == Offer.id)
        .where(
            Application.person_id == person_id,
            Application.state.in_([ApplicationState.INVITED.value, ApplicationState.FAILED.value]),
            Offer.exam_project_id == project_id,
        )
        .order_by(Application.id.desc())
        .limit(1)
    )
    if offer is None:
        return None
    return AgreedRate(
        rate=Money(offer.rate_minor, offer.currency),
        place=Place(offer.country, offer.region),
        kind=EngagementKind(offer.kind),
        offer_number=offer.number,
        engagement_id=None,
        terms_version=offer.terms_version,
    )
