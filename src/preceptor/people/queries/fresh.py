"""Whether what somebody came with still stands, and whether they have shown lately that it is them."""

from datetime import datetime, timedelta

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor
from preceptor.people.tables import Person, Token, WebSession

FRESH = timedelta(minutes=15)
"""How long after signing in somebody may change what they sign in with, or where their money goes."""


async def is_fresh(session: ReadSession, *, actor: Actor, now: datetime) -> bool:
    """True for whoever signed in, or confirmed that it is them, within the last quarter of an hour, in a browser.

    The session has to stand still: nobody has ended it since, nor all of them by a new password.
    """
    began = await session.scalar(
        select(WebSession.created_at)
        .join(Person, Person.id == WebSession.person_id)
        .where(
            WebSession.id == actor.session_id,
            WebSession.person_id == actor.person_id,
            WebSession.expires_at > now,
            WebSession.person_version == Person.version,
            Person.state == "active",
        )
    )
    return began is not None and now - began <= FRESH


async def lock_standing(session: ReadSession, *, actor: Actor, now: datetime) -> bool:
    """True where the session or token that the actor came with still stands, as it will until the transaction ends.

    Each process of the web server remembers for half a minute who asks, so it may not have heard that another one ended
    it. The person's row is locked first: whoever sets a new password or ends all sessions comes before this or after.
    Whoever came with neither (a job, a command typed on the machine itself) stands as long as their account does.
    """
    person = await session.scalar(
        select(Person)
        .where(Person.id == actor.person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if person is None or person.state != "active":
        return False
    if actor.session_id is None:
        return True
    web = select(WebSession.id).where(
        WebSession.id == actor.session_id,
        WebSession.person_id == person.id,
        WebSession.person_version == person.version,
        WebSession.expires_at > now,
    )
    token = select(Token.id).where(
        Token.id == actor.session_id,
        Token.person_id == person.id,
        Token.revoked_at.is_(None),
        Token.expires_at > now,
    )
    for shown in (web, token):
        if await session.scalar(shown.with_for_update(read=True)) is not None:
            return True
    return False
