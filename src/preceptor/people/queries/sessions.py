"""Where people are signed in."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor
from preceptor.people.tables import IdentityProvider, Person, WebSession


class SessionView(msgspec.Struct, frozen=True):
    """One signed-in browser of the person who looks.

    Attributes:
        last_seen_at: to within five minutes.
        address: where it was last seen.
        method: what it was opened with: password, passkey, provider.
        strong: two things were shown.
        provider: the provider that vouched for them; empty: none.
    """

    id: UUID
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    user_agent: str
    address: str
    method: str
    strong: bool
    provider: str
    is_this: bool


async def list_sessions(session: ReadSession, *, actor: Actor, now: datetime) -> list[SessionView]:
    """The actor's own signed-in browsers, the one they look with first, then by when they were last seen."""
    rows = await session.execute(
        select(WebSession, IdentityProvider.name)
        .join(Person, Person.id == WebSession.person_id)
        .outerjoin(IdentityProvider, IdentityProvider.id == WebSession.provider_id)
        .where(
            WebSession.person_id == actor.person_id,
            WebSession.expires_at > now,
            WebSession.person_version == Person.version,
        )
        .order_by((WebSession.id == actor.session_id).desc(), WebSession.last_seen_at.desc())
        .limit(100)
    )
    return [
        SessionView(
            id=row.id,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_seen_at=row.last_seen_at,
            user_agent=row.user_agent,
            address=row.address,
            method=row.method,
            strong=row.strong,
            provider=provider or "",
            is_this=row.id == actor.session_id,
        )
        for row, provider in rows
    ]


async def provider_of_session(session: ReadSession, *, actor: Actor) -> str:
    """The slug of the provider that the actor's session was opened with; empty: none."""
    slug = await session.scalar(
        select(IdentityProvider.slug)
        .join(WebSession, WebSession.provider_id == IdentityProvider.id)
        .where(WebSession.id == actor.session_id)
    )
    return slug or ""
