"""Identity providers: setting them up, and signing in whom they vouch for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, ForbiddenError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.sealing import Sealer
from preceptor.people.events import ProviderRemoved, ProviderSaved, ProviderUnlinked, RolesChanged, TeamJoined, TeamLeft
from preceptor.people.operations.accounts import join
from preceptor.people.operations.sessions import Visit, renew_session, require_fresh
from preceptor.people.operations.steps import SignInOutcome, begin_step, go_on, link_identity
from preceptor.people.queries import NoSuchProviderError
from preceptor.people.queries.confirming import is_unconfirmed
from preceptor.people.rules import (
    Actor,
    Claims,
    Permission,
    ProviderSettings,
    Role,
    clean_email,
    domain_fits,
    mapped_roles,
    mapped_teams,
    provider_problems,
)
from preceptor.people.tables import ExternalIdentity, IdentityProvider, Membership, Passkey, Person, Team


class ProviderRefusedError(ForbiddenError):
    """The provider vouches for somebody who may not come in here; the title says why."""

    title = _("You could not be signed in.")
    code = "provider_refused"


class LastWayInError(ConflictError):
    """Without it they could not sign in any more."""

    title = _("This is how you sign in. Set a password or add a passkey first.")
    code = "last_way_in"


async def save_provider(
    session: WriteSession,
    *,
    actor: Actor,
    settings: ProviderSettings,
    secret: str,
    sealer: Sealer,
    provider_id: UUID | None = None,
) -> UUID:
    """Add a provider, or change one.

    Args:
        session: the transaction.
        actor: an operator.
        settings: what is set.
        secret: the client's secret; empty: keep the one there is, or none.
        sealer: seals it.
        provider_id: the one to change; None: a new one.

    Raises:
        MissingPermissionError: the actor may not write providers.
        NoSuchProviderError: there is none to change.
        InvalidError: something in it will not do.
    """
    actor.require(Permission.PROVIDER_WRITE)
    problems = list(provider_problems(settings))
    same = select(IdentityProvider.id).where(IdentityProvider.slug == settings.slug)
    taken = await session.scalar(same)
    if taken is not None and taken != provider_id:
        problems.append(FieldProblem("slug", _("Another provider has this name.")))
    teams = set(settings.team_map.values())
    known = set(await session.scalars(select(Team.id).where(Team.id.in_(teams))))
    if teams - known:
        problems.append(FieldProblem("team_map", _("There is no such team.")))
    if problems:
        raise InvalidError(fields=problems)
    row = IdentityProvider() if provider_id is None else await session.get(IdentityProvider, provider_id)
    if row is None:
        raise NoSuchProviderError
    if provider_id is not None and row.issuer != settings.issuer:
        # Somebody of the same name at another provider is somebody else.
        await session.execute(delete(ExternalIdentity).where(ExternalIdentity.provider_id == provider_id))
        row.sealed_secret = None
    for name, value in _columns(settings).items():
        setattr(row, name, value)
    if secret:
        row.sealed_secret = sealer.seal(secret)
    session.add(row)
    await session.flush()
    session.emit(ProviderSaved(actor_id=actor.person_id, subject_id=row.id))
    return row.id


def _columns(settings: ProviderSettings) -> dict[str, Any]:
    return {
        "slug": settings.slug,
        "name": settings.name.strip(),
        "issuer": settings.issuer,
        "oidc_client_id": settings.client_id.strip(),
        "scopes": " ".join(settings.scopes.split()),
        "domains": list(settings.domains),
        "makes_accounts": settings.makes_accounts,
        "default_roles": [role.value for role in settings.default_roles],
        "role_claim": settings.role_claim,
        "role_map": {value: role.value for value, role in settings.role_map.items()},
        "team_claim": settings.team_claim,
        "team_map": {value: str(team) for value, team in settings.team_map.items()},
        "asks_second_factor": settings.asks_second_factor,
        "is_on": settings.is_on,
    }


async def remove_provider(session: WriteSession, *, actor: Actor, provider_id: UUID) -> None:
    """Forget a provider and who people are there. Accounts stay; who has no password asks for one by mail.

    Raises:
        MissingPermissionError: the actor may not write providers.
    """
    actor.require(Permission.PROVIDER_WRITE)
    await session.execute(delete(IdentityProvider).where(IdentityProvider.id == provider_id))
    session.emit(ProviderRemoved(actor_id=actor.person_id, subject_id=provider_id))


async def sign_in_with_provider(
    session: WriteSession, *, provider_id: UUID, claims: Claims, visit: Visit, now: datetime, next_path: str = ""
) -> SignInOutcome:
    """Sign in whom a provider vouches for: whoever was linked, or who has the verified address, or somebody new.

    An account that has a password is asked for it once before it is linked.

    Raises:
        NoSuchProviderError: it was removed or switched off meanwhile.
        ProviderRefusedError: they may not come in, with the reason.
    """
    provider = await session.get(IdentityProvider, provider_id)
    if provider is None or not provider.is_on:
        raise NoSuchProviderError
    email = _verified_email(claims)
    if provider.domains and not (email and domain_fits(email, provider.domains)):
        raise ProviderRefusedError(_("Your e-mail address is not one of those that may sign in with it."))
    linked = await session.scalar(
        select(ExternalIdentity)
        .where(ExternalIdentity.provider_id == provider_id, ExternalIdentity.subject == claims.subject)
        .with_for_update()
    )
    if linked is not None:
        person = await session.get(Person, linked.person_id)
        linked.last_used_at = now
    else:
        person = await _matching(session, provider, claims, email)
        if person is not None and person.state == "active" and person.password_hash is not None:
            step = await begin_step(
                session,
                person=person,
                method="provider",
                needs="password",
                now=now,
                next_path=next_path,
                provider_id=provider_id,
                provider_subject=claims.subject,
            )
            return SignInOutcome(step=step, needs="password", next_path=next_path)
    if person is None or person.state != "active":
        raise ProviderRefusedError(_("There is no account for you here. Ask for an invitation."))
    if linked is None:
        await link_identity(session, person=person, provider_id=provider_id, subject=claims.subject, now=now)
    await _follow_claims(session, provider, person, claims)
    return await go_on(
        session,
        person=person,
        visit=visit,
        method="provider",
        now=now,
        next_path=next_path,
        provider_id=provider_id,
        strong=provider.asks_second_factor,
    )


def _verified_email(claims: Claims) -> str:
    if not (claims.email and claims.email_verified):
        return ""
    try:
        return clean_email(claims.email)
    except InvalidError:
        return ""


async def _matching(session: WriteSession, provider: IdentityProvider, claims: Claims, email: str) -> Person | None:
    """The account of the verified address; a new one where the provider makes them."""
    if not email:
        raise ProviderRefusedError(
            _("Your provider does not say that your e-mail address is verified. Ask those who look after it.")
        )
    person = await session.scalar(select(Person).where(Person.email == email))
    begun = person is not None and await is_unconfirmed(session, person_id=person.id)
    if (person is not None and not begun) or not provider.makes_accounts:
        return person
    roles = mapped_roles(
        claims.values, claim=provider.role_claim, mapping=provider.role_map, held=provider.default_roles
    )
    if not roles:
        raise ProviderRefusedError(_("Your organisation has given you no role here yet."))
    person_id = await join(
        session,
        actor_id=None,
        email=email,
        name=claims.name if claims.name.strip() else email.partition("@")[0],
        password=None,
        roles=[Role(role) for role in roles],
    )
    return await session.get(Person, person_id)


async def _follow_claims(session: WriteSession, provider: IdentityProvider, person: Person, claims: Claims) -> None:
    """Set the roles and teams that the provider decides; those it does not name stay as they are."""
    roles = sorted(mapped_roles(claims.values, claim=provider.role_claim, mapping=provider.role_map, held=person.roles))
    if roles != sorted(person.roles):
        person.roles = roles
        session.emit(RolesChanged(subject_id=person.id, roles=roles))
    inside, outside = mapped_teams(claims.values, claim=provider.team_claim, mapping=provider.team_map)
    held = {
        str(one) for one in await session.scalars(select(Membership.team_id).where(Membership.person_id == person.id))
    }
    known = {str(one) for one in await session.scalars(select(Team.id).where(Team.id.in_([UUID(t) for t in inside])))}
    for team in sorted((inside & known) - held):
        statement = insert(Membership).values(team_id=UUID(team), person_id=person.id)
        await session.execute(statement.on_conflict_do_nothing())
        session.emit(TeamJoined(subject_id=UUID(team), person_id=person.id))
    for team in sorted(outside & held):
        await session.execute(
            delete(Membership).where(Membership.team_id == UUID(team), Membership.person_id == person.id)
        )
        session.emit(TeamLeft(subject_id=UUID(team), person_id=person.id))


async def unlink_identity(session: WriteSession, *, actor: Actor, identity_id: UUID, now: datetime) -> str:
    """No longer sign in through a provider. Answers the session's new secret.

    Raises:
        NotFreshError: they signed in too long ago.
        LastWayInError: they could not sign in any more.
    """
    await require_fresh(session, actor=actor, now=now)
    person = await session.get(Person, actor.person_id, with_for_update=True)
    assert person is not None
    passkey = await session.scalar(select(Passkey.id).where(Passkey.person_id == person.id).limit(1))
    if person.password_hash is None and passkey is None:
        raise LastWayInError
    gone = await session.execute(
        delete(ExternalIdentity)
        .where(ExternalIdentity.id == identity_id, ExternalIdentity.person_id == person.id)
        .returning(ExternalIdentity.provider_id)
    )
    provider_id = gone.scalar()
    if provider_id is not None:
        session.emit(ProviderUnlinked(actor_id=person.id, subject_id=person.id, provider_id=provider_id))
    return await renew_session(session, actor=actor, now=now)
