"""Identity providers, for the sign-in page and for operators."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission, ProviderSettings, Role
from preceptor.people.tables import ExternalIdentity, IdentityProvider


class NoSuchProviderError(NotFoundError):
    """No identity provider of this name, or it is switched off."""

    title = _("There is no such identity provider.")
    code = "no_such_provider"


class OpenProvider(msgspec.Struct, frozen=True):
    """A provider as the sign-in page shows it."""

    slug: str
    name: str


class ProviderView(msgspec.Struct, frozen=True):
    """A provider as operators see it. Its secret is shown nowhere."""

    id: UUID
    settings: ProviderSettings
    has_secret: bool
    people: int
    """Who has signed in with it."""
    created_at: datetime


class UsedProvider(msgspec.Struct, frozen=True):
    """A provider as it is used to sign somebody in."""

    id: UUID
    settings: ProviderSettings
    sealed_secret: bytes | None


async def list_open_providers(session: ReadSession) -> list[OpenProvider]:
    """The providers that one can sign in with, by name."""
    rows = await session.execute(
        select(IdentityProvider.slug, IdentityProvider.name)
        .where(IdentityProvider.is_on)
        .order_by(IdentityProvider.name)
    )
    return [OpenProvider(slug, name) for slug, name in rows]


async def used_provider(session: ReadSession, *, slug: str) -> UsedProvider:
    """The provider of a name, to sign somebody in with it.

    Raises:
        NoSuchProviderError: none, or it is switched off.
    """
    row = await session.scalar(select(IdentityProvider).where(IdentityProvider.slug == slug, IdentityProvider.is_on))
    if row is None:
        raise NoSuchProviderError
    return UsedProvider(row.id, _settings(row), row.sealed_secret)


async def list_providers(session: ReadSession, *, actor: Actor) -> list[ProviderView]:
    """All providers, by name.

    Raises:
        MissingPermissionError: the actor may not write providers.
    """
    actor.require(Permission.PROVIDER_WRITE)
    count = (
        select(func.count())
        .where(ExternalIdentity.provider_id == IdentityProvider.id)
        .correlate(IdentityProvider)
        .scalar_subquery()
    )
    rows = await session.execute(select(IdentityProvider, count).order_by(IdentityProvider.name))
    return [
        ProviderView(row.id, _settings(row), row.sealed_secret is not None, people, row.created_at)
        for row, people in rows
    ]


async def access_provider(session: ReadSession, *, actor: Actor, provider_id: UUID) -> ProviderView:
    """One provider.

    Raises:
        MissingPermissionError: the actor may not write providers.
        NoSuchProviderError: there is none.
    """
    found = {one.id: one for one in await list_providers(session, actor=actor)}
    if provider_id not in found:
        raise NoSuchProviderError
    return found[provider_id]


def _settings(row: IdentityProvider) -> ProviderSettings:
    return ProviderSettings(
        slug=row.slug,
        name=row.name,
        issuer=row.issuer,
        client_id=row.oidc_client_id,
        scopes=row.scopes,
        domains=tuple(row.domains),
        makes_accounts=row.makes_accounts,
        default_roles=tuple(Role(role) for role in row.default_roles),
        role_claim=row.role_claim,
        role_map={value: Role(role) for value, role in row.role_map.items()},
        team_claim=row.team_claim,
        team_map={value: UUID(team) for value, team in row.team_map.items()},
        asks_second_factor=row.asks_second_factor,
        is_on=row.is_on,
    )
