"""Who is paid for something."""

from uuid import UUID

from sqlalchemy import exists, or_, select

from preceptor.hiring.tables import Engagement
from preceptor.lib.db import ReadSession
from preceptor.pay.rules import person_account
from preceptor.pay.tables import LedgerEntry


async def is_paid(session: ReadSession, *, person_id: UUID) -> bool:
    """True for whoever has ever earned or been given something, or has accepted an offer."""
    earned = exists().where(LedgerEntry.credit == person_account(person_id))
    engaged = exists().where(Engagement.person_id == person_id)
    return bool(await session.scalar(select(or_(earned, engaged))))
