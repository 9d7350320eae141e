"""Whether somebody has shown lately that it is them."""

from datetime import datetime, timedelta

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor
from preceptor.people.tables import WebSession

FRESH = timedelta(minutes=15)
"""How long after signing in somebody may change what they sign in with, or where their money goes."""


async def is_fresh(session: ReadSession, *, actor: Actor, now: datetime) -> bool:
    """True for whoever signed in, or confirmed that it is them, within the last quarter of an hour, in a browser."""
    began = await session.scalar(
        select(WebSession.created_at).where(
            WebSession.id == actor.session_id, WebSession.person_id == actor.person_id, WebSession.expires_at > now
        )
    )
    return began is not None and now - began <= FRESH
