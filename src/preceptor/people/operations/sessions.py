"""Signed-in browsers: opening them, renewing them, ending them, and telling people of new ones."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import select, update

from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.errors import ForbiddenError, UnauthenticatedError
from preceptor.lib.i18n import _
from preceptor.people.events import SignedIn, SignedOut
from preceptor.people.operations.notices import Told, notify
from preceptor.people.queries.fresh import is_fresh, lock_standing
from preceptor.people.rules import Actor, browser_name, device_kind, network_of
from preceptor.people.tables import KnownDevice, Person, WebSession

MAX_DEVICES = 50


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever signs in, as far as a request tells.

    Attributes:
        address: where from.
        user_agent: what the browser says it is.
        device: the secret of the cookie by which we know this browser again; empty: it has none yet.
        valid_for: how long a session lasts.
    """

    address: str
    user_agent: str
    device: str = ""
    valid_for: timedelta


class OpenedSession(msgspec.Struct, frozen=True):
    """A session that was just opened: its secret, for the cookie, and that of the browser's own cookie."""

    secret: str
    device: str


class EndedError(UnauthenticatedError):
    """What they came with was ended a moment ago: by a new password, by signing out, or by an operator."""

    title = _("You are no longer signed in here. Please sign in again.")


class NotFreshError(ForbiddenError):
    """They signed in too long ago for this; the pages ask them to show again who they are."""

    title = _("Please confirm first that it is you.")
    code = "not_fresh"


async def open_web_session(
    session: WriteSession,
    *,
    person: Person,
    visit: Visit,
    method: str,
    strong: bool,
    now: datetime,
    provider_id: UUID | None = None,
) -> OpenedSession:
    """Open a session for somebody who has shown all that they have to.

    Args:
        session: the transaction.
        person: who.
        visit: from where.
        method: what they have shown: password, passkey, provider.
        strong: they have shown two things.
        now: the time.
        provider_id: the provider that vouched for them.
    """
    secret = secrets.token_urlsafe(32)
    row = WebSession(
        digest=sha256(secret.encode()).digest(),
        person_id=person.id,
        person_version=person.version,
        created_at=now,
        last_seen_at=now,
        expires_at=now + visit.valid_for,
        user_agent=visit.user_agent[:300],
        address=visit.address[:60],
        method=method,
        strong=strong,
        provider_id=provider_id,
    )
    session.add(row)
    session.emit(SignedIn(actor_id=person.id, subject_id=person.id, method=method, strong=strong))
    device = visit.device if 20 <= len(visit.device) <= 100 else secrets.token_urlsafe(24)  # noqa: PLR2004 (ours are 32)
    await _know_device(session, person=person, visit=visit, device=device, now=now)
    return OpenedSession(secret, device)


async def _know_device(session: WriteSession, *, person: Person, visit: Visit, device: str, now: datetime) -> None:
    digest = sha256(device.encode()).digest()
    kind, network = device_kind(visit.user_agent), network_of(visit.address)
    known = list(
        await session.scalars(
            select(KnownDevice).where(KnownDevice.person_id == person.id).order_by(KnownDevice.last_seen_at)
        )
    )
    same = next((one for one in known if one.digest == digest), None)
    if same is not None:
        same.device, same.network, same.last_seen_at = kind, network, now
        return
    familiar = not known or any((one.device, one.network) == (kind, network) for one in known)
    session.add(
        KnownDevice(person_id=person.id, digest=digest, device=kind, network=network, created_at=now, last_seen_at=now)
    )
    for old in known[: max(0, len(known) - MAX_DEVICES + 1)]:
        await session.delete(old)
    if not familiar:
        await notify(
            session,
            person_id=person.id,
            kind="sign_in.new_device",
            text=lambda: _new_device(visit, now),
            link="/account/sessions",
        )


def _new_device(visit: Visit, now: datetime) -> Told:
    body = _(
        "{browser} signed in to your account on {time} UTC, from {address}.\n\nIf that was you, there is nothing to "
        "do. If not, sign that browser out and choose a new password."
    ).format(browser=browser_name(visit.user_agent), time=f"{now:%Y-%m-%d %H:%M}", address=visit.address)
    return Told(subject=str(_("A new sign-in to your account")), body=str(body))


async def require_standing(session: WriteSession, *, actor: Actor, now: datetime) -> None:
    """Let pass whoever is still signed in at this moment, before something is made that lasts longer than that.

    Raises:
        EndedError: their session or token was ended, or their account.
    """
    if not await lock_standing(session, actor=actor, now=now):
        raise EndedError


async def require_fresh(session: ReadSession, *, actor: Actor, now: datetime) -> None:
    """Let pass whoever signed in within the last quarter of an hour, in a browser.

    Raises:
        EndedError: their session or token was ended, or their account.
        NotFreshError: they did not, or came with a token.
    """
    if isinstance(session, WriteSession):
        await require_standing(session, actor=actor, now=now)
    if not await is_fresh(session, actor=actor, now=now):
        raise NotFreshError


async def renew_session(
    session: WriteSession,
    *,
    actor: Actor,
    now: datetime,
    strong: bool | None = None,
    end_others: bool = False,
    confirmed: bool = False,
) -> str:
    """Give the actor's session another secret, as whenever what it may do changes. Answers it, for the cookie.

    Args:
        session: the transaction.
        actor: who.
        now: the time.
        strong: whether two things have been shown; None: as before.
        end_others: end every other session of theirs.
        confirmed: they have just shown again who they are.

    Returns:
        The secret; empty for whoever came with a token.
    """
    if end_others:
        await session.execute(update(Person).where(Person.id == actor.person_id).values(version=Person.version + 1))
    row = await session.scalar(
        select(WebSession)
        .where(WebSession.id == actor.session_id, WebSession.person_id == actor.person_id)
        .with_for_update()
    )
    if row is None:
        return ""
    secret = secrets.token_urlsafe(32)
    version = await session.scalar(select(Person.version).where(Person.id == actor.person_id))
    assert version is not None
    row.digest = sha256(secret.encode()).digest()
    row.person_version = version
    if strong is not None:
        row.strong = strong
    if confirmed:
        row.created_at = now
    return secret


async def touch_session(session: WriteSession, *, session_id: UUID, address: str, now: datetime) -> None:
    """Write down that a session was seen, and where."""
    await session.execute(
        update(WebSession).where(WebSession.id == session_id).values(last_seen_at=now, address=address[:60])
    )


async def sign_out_elsewhere(session: WriteSession, *, actor: Actor, now: datetime) -> None:
    """End every session of the actor but the one they came with."""
    await session.execute(
        update(WebSession)
        .where(WebSession.person_id == actor.person_id, WebSession.id != actor.session_id, WebSession.expires_at > now)
        .values(expires_at=now)
    )
    session.emit(SignedOut(actor_id=actor.person_id, subject_id=actor.person_id, everywhere=True))
