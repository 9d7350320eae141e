"""Passkeys: adding, using and removing them (WebAuthn, level 3)."""

import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import webauthn
from sqlalchemy import delete, func, select
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.events import PasskeyAdded, PasskeyRefused, PasskeyRemoved
from preceptor.people.operations.attempts import ATTEMPT_WINDOW, TooManyAttemptsError
from preceptor.people.operations.codes import after_removal, tell_of_factor
from preceptor.people.operations.sessions import OpenedSession, Visit, open_web_session, renew_session, require_fresh
from preceptor.people.queries import count_recent_attempts
from preceptor.people.rules import Actor, RelyingParty, clean_name
from preceptor.people.tables import Passkey, PasskeyChallenge, Person

CHALLENGE_VALID = timedelta(minutes=5)
MAX_PASSKEYS = 20
NAME = "Preceptor"


class PasskeyRefusedError(InvalidError):
    """What the browser sent is no proof: another site's, an old one, an unknown or a copied key, nobody verified."""

    title = _("This passkey could not be used. Try again, or sign in another way.")
    code = "passkey_refused"


class TooManyPasskeysError(ConflictError):
    """They have as many as one may have."""

    title = _("You have as many passkeys as one can have. Remove one first.")
    code = "too_many_passkeys"


class _ClientData(msgspec.Struct, frozen=True):
    challenge: str


async def begin_passkey(session: WriteSession, *, actor: Actor, party: RelyingParty, now: datetime) -> str:
    """What the browser needs to make a passkey for the actor, as JSON.

    Raises:
        NotFreshError: they signed in too long ago.
        TooManyPasskeysError: they have as many as one may have.
    """
    await require_fresh(session, actor=actor, now=now)
    person = await session.get(Person, actor.person_id)
    assert person is not None
    held = list(await session.scalars(select(Passkey.credential_id).where(Passkey.person_id == person.id)))
    if len(held) >= MAX_PASSKEYS:
        raise TooManyPasskeysError
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=person.id.bytes,
        user_name=person.email or person.name,
        user_display_name=person.name,
        challenge=_challenge(session, purpose="add", person_id=person.id, now=now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in held],
    )
    return webauthn.options_to_json(options)


async def add_passkey(
    session: WriteSession,
    *,
    actor: Actor,
    party: RelyingParty,
    name: str,
    credential: Mapping[str, Any],
    now: datetime,
) -> str:
    """Keep the passkey that the browser made. Every other session ends. Answers the session's new secret.

    Raises:
        NotFreshError: they signed in too long ago.
        PasskeyRefusedError: it was not made for us, now, by somebody whom the device verified.
        InvalidError: the name is empty or too long.
    """
    await require_fresh(session, actor=actor, now=now)
    cleaned = clean_name(name)
    challenge = await _taken(session, credential, purpose="add", person_id=actor.person_id, now=now)
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefusedError from error
    known = await session.scalar(select(Passkey.id).where(Passkey.credential_id == verified.credential_id))
    count = await session.scalar(select(func.count()).where(Passkey.person_id == actor.person_id))
    if known is not None or (count or 0) >= MAX_PASSKEYS:
        raise PasskeyRefusedError
    row = Passkey(
        person_id=actor.person_id,
        name=cleaned,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        synced=verified.credential_backed_up,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    session.emit(PasskeyAdded(actor_id=actor.person_id, subject_id=row.id))
    await tell_of_factor(session, actor, _("The passkey “{name}” was added to your account.").format(name=cleaned))
    return await renew_session(session, actor=actor, now=now, strong=True, end_others=True)


async def remove_passkey(session: WriteSession, *, actor: Actor, passkey_id: UUID, now: datetime) -> str:
    """Forget one of the actor's passkeys. Answers the session's new secret.

    Raises:
        NotFreshError: they signed in too long ago.
    """
    await require_fresh(session, actor=actor, now=now)
    gone = await session.execute(
        delete(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == actor.person_id).returning(Passkey.name)
    )
    name = gone.scalar()
    if name is not None:
        session.emit(PasskeyRemoved(actor_id=actor.person_id, subject_id=passkey_id))
        text = _("The passkey “{name}” was removed from your account.").format(name=name)
        await tell_of_factor(session, actor, text)
    return await after_removal(session, actor=actor, now=now)


async def begin_passkey_sign_in(session: WriteSession, *, party: RelyingParty, now: datetime) -> str:
    """What the browser needs to ask for any passkey of ours, as JSON. Nobody is known yet, and nobody is told."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=_challenge(session, purpose="sign_in", person_id=None, now=now),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


async def sign_in_with_passkey(
    session: WriteSession,
    *,
    party: RelyingParty,
    credential: Mapping[str, Any],
    visit: Visit,
    attempts: int,
    now: datetime,
) -> OpenedSession | None:
    """Open a session for whoever holds the passkey: the device has verified them, so this is both steps in one.

    Answers None where its count went backwards: there may be a copy of it. That is written down, and it stays refused.

    Raises:
        TooManyAttemptsError: too many failures from this address.
        PasskeyRefusedError: it is no proof. Whoever calls this counts it as for `sign_in`.
    """
    # Nobody has said who they are yet.
    recent = await count_recent_attempts(session, email=None, address=visit.address, now=now, window=ATTEMPT_WINDOW)
    if recent >= attempts:
        raise TooManyAttemptsError
    challenge = await _taken(session, credential, purpose="sign_in", person_id=None, now=now)
    row = await session.scalar(select(Passkey).where(Passkey.credential_id == _raw_id(credential)).with_for_update())
    person = await session.get(Person, row.person_id) if row is not None else None
    if row is None or person is None or person.state != "active":
        raise PasskeyRefusedError
    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=0,  # looked at below
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefusedError from error
    if not counts_on(row.sign_count, verified.new_sign_count):
        session.emit(PasskeyRefused(subject_id=person.id))
        return None
    row.sign_count, row.last_used_at, row.synced = verified.new_sign_count, now, verified.credential_backed_up
    return await open_web_session(session, person=person, visit=visit, method="passkey", strong=True, now=now)


def counts_on(before: int, now: int) -> bool:
    """True where a device's count has gone up, or it does not count at all (WebAuthn, section 6.1.1)."""
    return now > before or (now == 0 and before == 0)


def _challenge(session: WriteSession, *, purpose: str, person_id: UUID | None, now: datetime) -> bytes:
    challenge = secrets.token_bytes(32)
    row = PasskeyChallenge(challenge=challenge, purpose=purpose, person_id=person_id, expires_at=now + CHALLENGE_VALID)
    session.add(row)
    return challenge


async def _taken(
    session: WriteSession, credential: Mapping[str, Any], *, purpose: str, person_id: UUID | None, now: datetime
) -> bytes:
    """The challenge that the browser signed, which is spent by that.

    Raises:
        PasskeyRefusedError: we never asked this, or not now, or not for this.
    """
    try:
        data = msgspec.json.decode(_decoded(credential["response"]["clientDataJSON"]), type=_ClientData)
        challenge = _decoded(data.challenge)
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise PasskeyRefusedError from error
    spent = await session.execute(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge == challenge,
            PasskeyChallenge.purpose == purpose,
            PasskeyChallenge.person_id.is_not_distinct_from(person_id),
            PasskeyChallenge.expires_at > now,
        )
        .returning(PasskeyChallenge.challenge)
    )
    if spent.first() is None:
        raise PasskeyRefusedError
    return challenge


def _raw_id(credential: Mapping[str, Any]) -> bytes:
    try:
        return _decoded(credential["rawId"])
    except (KeyError, TypeError, ValueError) as error:
        raise PasskeyRefusedError from error


def _decoded(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
